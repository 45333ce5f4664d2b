"""The systems under test, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from livekit.agents import TurnHandlingOptions

from callagent.agent import AssembledCall, assemble
from callagent.agent.turn_handling import stock_turn_handling
from callagent.audio import CallClock
from callagent.profile import Profile
from callagent.providers import Providers
from scripts.benchmarks.replay.fixed_guard import guarded
from scripts.benchmarks.replay.livekit_call import BuildCall

CALLAGENT: Final = "callagent"

PIPECAT: Final[Mapping[str, str]] = MappingProxyType({"pipecat": "default", "pipecat min_words 3": "min_words 3"})
"""Systems that run in an environment of their own, and their user-turn-start strategies there."""


def _callagent(profile: Profile, providers: Providers, clock: CallClock) -> AssembledCall:
    return assemble(profile, providers, clock=clock)


def _stock(min_words: int) -> BuildCall:
    """livekit-agents as it is, in `mode: vad`; `min_words` 0 is its default."""

    def build(profile: Profile, providers: Providers, clock: CallClock) -> AssembledCall:
        options: TurnHandlingOptions = {
            **stock_turn_handling(profile),
            "interruption": {"mode": "vad", "min_words": min_words},
        }
        return assemble(profile, providers, clock=clock, gate="stock", turn_handling=options)

    return build


LIVEKIT: Final[Mapping[str, BuildCall]] = MappingProxyType(
    {
        "stock": _stock(0),
        "stock min_words 2": _stock(2),
        "stock min_words 3": _stock(3),
        "fixed 350 ms": guarded,
        CALLAGENT: _callagent,
    }
)
"""Systems that are an agent session."""

SYSTEMS: Final = (*LIVEKIT, *PIPECAT)
