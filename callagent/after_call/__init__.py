"""What is found out about a call when it is over, by a model: a summary, fields, a score by questions."""

from callagent.after_call.analyst import Analysis, NotAsked, NotNow, WrongAnswer, analyse
from callagent.after_call.service import Analyst, Outcome, analyse_calls

__all__ = ["Analysis", "Analyst", "NotAsked", "NotNow", "Outcome", "WrongAnswer", "analyse", "analyse_calls"]
