"""Level text: scripted calls in virtual time."""

from callagent.scripted_calls.levels.text.text_call import TextLevel, TextStage

__all__ = ["TextLevel", "TextStage"]
