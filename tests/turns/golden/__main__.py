"""Writes anew what the gate decides: `python -m tests.turns.golden`."""

from tests.turns.golden.kept import write

write()
