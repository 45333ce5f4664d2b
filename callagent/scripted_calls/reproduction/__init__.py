"""A call that is over, as a scripted call that goes like it."""

from callagent.scripted_calls.reproduction.script_of_call import CallAsScript, script_of

__all__ = ["CallAsScript", "script_of"]
