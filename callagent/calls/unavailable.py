"""What cannot be done here."""


class LevelUnavailable(Exception):
    """The level cannot run here; the message says what is missing and how to get it (exit status 3)."""
