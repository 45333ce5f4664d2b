"""Where recordings of calls are kept: the option of the commands that answer calls, and what it comes to."""

from collections.abc import Callable

import click

from callagent.recording import Destination, RecordingUnavailable, destination_of
from callagent.recording.destination import VARIABLE
from callagent.worker import ServerUnavailable


def recordings_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--recordings``: the command gets the Destination that it names, or None."""

    def named(context: click.Context, parameter: click.Parameter, text: str | None) -> Destination | None:
        try:
            return None if text is None else destination_of(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    option: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
        "--recordings",
        metavar="DIR|s3://BUCKET/PREFIX",
        envvar=VARIABLE,
        callback=named,
        help=f"Where recordings of calls are kept; or {VARIABLE}. [default: a directory of the user]",
    )
    return option(command)


def kept_at(named: Destination | None) -> Destination:
    """Return where recordings are kept: what was named, which must be usable, or a directory of the user. Whether a
    bucket takes them is not asked: they wait in the spool until it does.

    Raises:
        ServerUnavailable: nothing can be written in the directory, or the package for a bucket is missing.
    """
    if named is None:
        return destination_of(None)
    try:
        named.check()
    except RecordingUnavailable as error:
        raise ServerUnavailable(f"cannot keep recordings: {error}") from None
    return named
