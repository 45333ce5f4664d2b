"""Exit statuses, the same for every command."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the process that started a command learns from it. Numbers are part of the public interface."""

    OK = 0
    FAILED = 1
    """An expectation was not met."""
    INVALID = 2
    """A file, an option or a number is not valid; nothing was started."""
    UNAVAILABLE = 3
    """A server, a model or a program that is needed is not there."""

    BUSY = 10
    NO_ANSWER = 11
    DECLINED = 12
    NOT_IN_SERVICE = 13
    MACHINE = 14
    """A machine answered, and the profile ends such calls."""
    TRUNK_FAILURE = 20
    REFUSED = 30
    """A guard refused the call before anything left the house."""

    SOFTWARE = 70
    """A part of the program has failed; the log has its traceback. EX_SOFTWARE of sysexits.h."""

    INTERRUPTED = 130
    """Ctrl-C, as shells report it: 128 + SIGINT."""
