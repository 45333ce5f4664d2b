"""Whether the caller has finished: dictated numbers, spellings, dates and e-mail addresses come with pauses. Pure."""

from callagent.turns.endpointing.unfinished import Dictation, Kind

__all__ = ["Dictation", "Kind"]
