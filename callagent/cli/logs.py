"""Log lines on stderr: one line each, fields behind the message, personal data masked unless asked for."""

import logging
import sys
from collections.abc import Iterator
from typing import Any

from callagent.profile import masked

LEVELS = ("debug", "info", "warning", "error")
PERSONAL = "pii_"

LONGEST_FIELD = 500
"""Characters of a field that are written; a transcript has no limit of its own."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OWN_LOGGERS = ("callagent", "livekit")


class LineFormatter(logging.Formatter):
    """``12:30:01.250 INFO callagent.turns: caller stopped the agent rule=command pii_heard=***``."""

    default_time_format = "%H:%M:%S"
    default_msec_format = "%s.%03d"

    def __init__(self, *, show_pii: bool = False) -> None:
        super().__init__()
        self.show_pii = show_pii

    def format(self, record: logging.LogRecord) -> str:
        """The record as text; a traceback, where there is one, follows on lines of its own."""
        head = f"{self.formatTime(record)} {record.levelname} {record.name}: {_quoted(record.getMessage())}"
        line = " ".join([head, *self._fields(record)])
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

    def _fields(self, record: logging.LogRecord) -> Iterator[str]:
        for key, value in vars(record).items():
            if key in _STANDARD or key.startswith("_"):
                continue
            hidden = key.startswith(PERSONAL) and not self.show_pii
            yield f"{key}={'***' if hidden else _written(masked(value, key))}"


def setup_logging(level: str, *, show_pii: bool = False) -> None:
    """Sends log records to stderr, replacing what an earlier call set up.

    Those of callagent and livekit from ``level`` on, those of other libraries at least from warning on.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(show_pii=show_pii))
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(number)


def _written(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    if len(text) > LONGEST_FIELD:
        text = f"{text[:LONGEST_FIELD]}… ({len(text)} characters)"
    return repr(text) if not text or " " in text or not text.isprintable() else text


def _quoted(message: str) -> str:
    return message if message.isprintable() else repr(message)[1:-1]
