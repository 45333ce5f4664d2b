"""Warnings that are true and that nobody can do anything about."""

import warnings

from jwt.warnings import InsecureKeyLengthWarning


def quieten() -> None:
    """Keeps PyJWT from remarking, at every token, that a secret is short: `callagent doctor` says so once."""
    warnings.simplefilter("ignore", InsecureKeyLengthWarning)
