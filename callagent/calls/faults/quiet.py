"""Keeps the tracebacks of faults that a script asked for out of the log; the line that says what failed stays."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from callagent.calls.faults.strikes import SCRIPTED

LOGGER = "livekit.agents"


@contextmanager
def without_tracebacks() -> Iterator[None]:
    """While it lasts, faults of scripts are logged in one line."""
    logger = logging.getLogger(LOGGER)
    logger.addFilter(_shortened)
    try:
        yield
    finally:
        logger.removeFilter(_shortened)


def _shortened(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and SCRIPTED in str(error):
        record.msg, record.args, record.exc_info, record.exc_text = f"{record.getMessage()}: {error}", (), None, None
    return True
