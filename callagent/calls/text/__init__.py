"""Level text: scripted calls in virtual time."""

from callagent.calls.text.stage import TextLevel, TextStage

__all__ = ["TextLevel", "TextStage"]
