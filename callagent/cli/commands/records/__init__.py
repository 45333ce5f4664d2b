"""`callagent records`: look at calls that are over."""

from callagent.cli.commands.records.group import records

__all__ = ["records"]
