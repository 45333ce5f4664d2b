"""What is found out about a call when it is over, by a model: a summary, fields, a score by questions."""

from callagent.after_call.analyst import Analysis, NotAsked, NotNow, WrongAnswer, analyse
from callagent.after_call.service import Analyst, analyse_calls

__all__ = ["Analysis", "Analyst", "NotAsked", "NotNow", "WrongAnswer", "analyse", "analyse_calls"]
