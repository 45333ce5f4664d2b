"""Log lines on stderr: one line each, fields behind the message, personal data masked unless asked for.

Records of the processes of calls arrive here too: livekit-agents sends them to the worker, which writes them.
"""

import logging
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from callagent.sanitise import hide_numbers, masked, printable, text_of, without_personal, without_quotations
from callagent.sanitise.redaction import LOGS

LEVELS = ("debug", "info", "warning", "error")

LONGEST_FIELD = 500
"""Characters of a field that are written; a transcript has no limit of its own."""

LONGEST_MESSAGE, LONGEST_TRACEBACK = 2_000, 20_000
"""Characters of a message, and of each half of a traceback, that are written."""

INDENT = "    "
"""In front of the lines of a traceback: no line that begins a record begins like that."""

_OF_NUMBERS = "+0123456789-()./ "
"""What a telephone number is made of: where a text is cut, no half of one stays."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OWN_LOGGERS = ("callagent", "livekit")


class LineFormatter(logging.Formatter):
    """``12:30:01.250 INFO callagent.turns: caller stopped the agent rule=command pii_heard=***``.

    Masked are secrets, fields with a `pii` part in their name, and telephone, card, bank account and identity numbers
    wherever they stand: in messages, names of rooms, identities, nested values and tracebacks. Messages of exceptions
    that may quote what was said are left out.

    Args:
        show_pii: mask secrets only.
    """

    default_time_format = "%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self, *, show_pii: bool = False) -> None:
        super().__init__()
        self.show_pii = show_pii

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text; a traceback, where there is one, follows on indented lines of its own."""
        message, trace = self._apart(record)
        head = f"{self.formatTime(record)} {record.levelname} {printable(record.name)}: {self._shown(message)}"
        line = " ".join([head, *self._fields(record)])
        return "\n".join([line, *self._trace(trace)])

    def _fields(self, record: logging.LogRecord) -> Iterator[str]:
        for key, value in vars(record).items():
            if key in _STANDARD or key.startswith("_"):
                continue
            yield f"{printable(key)}={self._written(value, key)}"

    def _written(self, value: Any, key: str) -> str:
        if isinstance(value, float):
            return f"{value:.6g}"
        text = str(masked(without_personal(value, key, show=self.show_pii), key))
        length, text = len(text), self._without_numbers(_cut(text, LONGEST_FIELD))
        if length > LONGEST_FIELD:
            text = f"{text}… ({length} characters)"
        return repr(text) if not text or " " in text or not text.isprintable() else text

    def _shown(self, message: str) -> str:
        text = printable(self._without_numbers(_cut(message, LONGEST_MESSAGE)))
        return text if len(message) <= LONGEST_MESSAGE else f"{text}… ({len(message)} characters)"

    def _apart(self, record: logging.LogRecord) -> tuple[str, str]:
        """Return the message and the traceback; a record of another process has both in its message."""
        message, trace = _message(record), ""
        if record.exc_info and record.exc_info[0] is not None:
            trace = self.formatException(record.exc_info)
        elif record.exc_text and record.exc_text in message:
            message, _, after = message.partition(record.exc_text)
            message, trace = message.rstrip("\n"), record.exc_text + after
        return message, f"{trace}\n{record.stack_info}".strip("\n") if record.stack_info else trace

    def _trace(self, trace: str) -> Iterator[str]:
        trace = trace if self.show_pii else without_quotations(trace)
        if len(trace) > 2 * LONGEST_TRACEBACK:
            end = trace[-LONGEST_TRACEBACK:].lstrip(_OF_NUMBERS)
            trace = f"{_cut(trace, LONGEST_TRACEBACK)}\n… (of {len(trace)} characters)\n{end}"
        for line in self._without_numbers(trace).splitlines():
            yield INDENT + printable(line)

    def _without_numbers(self, text: str) -> str:
        return text if self.show_pii else hide_numbers(LOGS.masked(text))


def setup_logging(level: str, *, show_pii: bool = False) -> None:
    """Send log records to stderr, replacing what an earlier call set up.

    Those of callagent and livekit from ``level`` on, those of other libraries at least from warning on. An exception
    that nobody handles is logged, too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(show_pii=show_pii))
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(number)
    sys.excepthook = log_unhandled


def log_unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the program, which Python would print as it is, with whatever its message quotes."""
    logging.getLogger("callagent").critical("unhandled exception", exc_info=(kind, error, trace))


def _message(record: logging.LogRecord) -> str:
    """Return the message with its arguments; alone where they do not fit: logging would print them as they are."""
    try:
        return record.getMessage() if record.args else text_of(record.msg)
    except (TypeError, ValueError, LookupError):
        return text_of(record.msg)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rstrip(_OF_NUMBERS)
