"""The soft-acknowledgement list as plain functions, for users who bring their own session or change the list."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from callagent.profile import DEFAULT_PROFILE, load_profile, soft_acks_override
from callagent.turns.lexicon import Kind, Lexicon


@dataclass
class _List:
    """What `reload_soft_acks` has read last in this process.

    Attributes:
        lexicon: what `is_soft_ack` asks; None before the first reading.
        override: the phrases that replace those of every profile; None: each profile has its own.
    """

    lexicon: Lexicon | None = None
    override: tuple[str, ...] | None = None


_list = _List()


def is_soft_ack(text: str) -> bool:
    """Tell whether `text` is nothing but soft acknowledgements ("yeah", "uh-huh, okay").

    The list is the one of `LIVEKIT_SOFT_ACKS`, else of the profile en-US, as read by the last `reload_soft_acks`.
    """
    if _list.lexicon is None:
        _list.lexicon = Lexicon(load_profile(DEFAULT_PROFILE).interruption.soft_acks, ())
    return _list.lexicon.match(text, final=True).kind is Kind.ACK


def reload_soft_acks(phrases: Iterable[str] | None = None) -> tuple[str, ...]:
    """Read the list again from environment and profile, or use `phrases` from now on; returns the list in use.

    Calls of this process that begin afterwards use it; those in progress keep theirs. A list, of `LIVEKIT_SOFT_ACKS` or
    `phrases`, replaces that of every profile; without either each profile has its own. Raises ConfigError for a
    `LIVEKIT_SOFT_ACKS` that names no phrase.
    """
    override = soft_acks_override(os.environ) if phrases is None else tuple(phrases)
    acks = load_profile(DEFAULT_PROFILE).interruption.soft_acks if override is None else override
    _list.lexicon, _list.override = Lexicon(acks, ()), override
    return acks


def soft_acks_in_use(own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the list of a call that begins now, whose profile has the phrases `own`."""
    return own if _list.override is None else _list.override
