"""The soft-acknowledgement list as two plain functions, for users who bring their own session."""

from collections.abc import Iterable

from callagent.profile import DEFAULT_PROFILE, load_profile
from callagent.turns.lexicon import Kind, Lexicon

_loaded: list[Lexicon] = []


def is_soft_ack(text: str) -> bool:
    """Whether `text` is nothing but soft acknowledgements ("yeah", "uh-huh, okay").

    The list is the one of `LIVEKIT_SOFT_ACKS`, else of the profile en-US, as read by the last `reload_soft_acks`.
    """
    if not _loaded:
        reload_soft_acks()
    return _loaded[-1].match(text, final=True).kind is Kind.ACK


def reload_soft_acks(phrases: Iterable[str] | None = None) -> tuple[str, ...]:
    """Read the list again from environment and profile, or use `phrases` from now on; returns the list in use."""
    if phrases is None:
        phrases = load_profile(DEFAULT_PROFILE).interruption.soft_acks
    _loaded[:] = [Lexicon(phrases, ())]
    return _loaded[0].soft_acks
