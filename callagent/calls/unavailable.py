"""What cannot be done here."""


class LevelUnavailable(Exception):
    """The level cannot run here; the message says what is missing and how to get it (exit status 3)."""


class ExtraMissing(LevelUnavailable):
    """A Python package of an extra of callagent is not installed; the message says which extra."""
