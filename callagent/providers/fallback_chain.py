"""Several providers of one part, of which each is used where those before it fail: livekit's own fallback adapters,
with streams that lose nothing (`callagent.providers.outages`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from livekit.agents import llm, stt, tts, vad

from callagent.providers.outages.breaker import Breaker
from callagent.providers.outages.breaker_file import FileCell
from callagent.providers.outages.chain_watch import ChainMember, ChainWatch
from callagent.providers.outages.llm_chain import ModelChain
from callagent.providers.outages.patience import Patience
from callagent.providers.outages.stt_chain import RecogniserChain
from callagent.providers.outages.tts_chain import VoiceChain
from callagent.providers.registry import Member
from callagent.providers.types import LocalTtsOptions

_LOCAL_RATE: Final = LocalTtsOptions().sample_rate

_shared: Path | None = None


def share_breakers(directory: Path | None) -> None:
    """Have the chains that this process makes from now on share what they know of their members with the other
    processes of a worker.

    Args:
        directory: what the processes share; None: nothing is.
    """
    global _shared
    _shared = directory


@dataclass(frozen=True)
class Ability:
    """What a provider of a chain can do. `rate` is the sample rate of a voice, Hz; both are None for a model."""

    member: Member
    streaming: bool = True
    rate: int | None = None
    channels: int = 1
    realtime: bool = False


def ability_of(member: Member, made: Any) -> Ability:
    """Return what the provider can do; `made` is None for a local one, whose weights need not be loaded for that."""
    match made:
        case None if member.part == "tts":
            return Ability(member, streaming=True, rate=int(member.spec.options.get("sample_rate", _LOCAL_RATE)))
        case stt.STT():
            return Ability(member, streaming=made.capabilities.streaming)
        case tts.TTS():
            return Ability(member, made.capabilities.streaming, made.sample_rate, made.num_channels)
        case llm.RealtimeModel():
            return Ability(member, realtime=True)
    return Ability(member)


def chain_flaws(chain: Sequence[Ability]) -> Iterator[tuple[str, str]]:
    """Yield key and message of what no chain can do."""
    for each in chain:
        if each.realtime:
            yield each.member.key, f"{each.member.spec.use} is a realtime model, which cannot stand in a chain"
        if each.channels != chain[0].channels:
            first = chain[0].member.spec.use
            yield each.member.key, f"{each.member.spec.use} has {each.channels} channels, {first} {chain[0].channels}"


def chain_notes(chain: Sequence[Ability]) -> Iterator[str]:
    """Yield what is different while one provider of the chain is used instead of another, each a sentence."""
    rates = {each.rate for each in chain if each.rate}
    for each in chain:
        use, part = each.member.spec.use, each.member.part
        if part == "stt" and not each.streaming:
            yield f"{part}: {use} gives no words before the caller has paused; while it is used the agent stops later"
        if part == "tts" and len(rates) > 1 and each.rate != max(rates):
            yield f"{part}: the voice of {use} has {each.rate} Hz and is resampled to {max(rates)} Hz"


def realtime_notes(member: Member, made: Any) -> Iterator[str]:
    """Yield what the gate cannot do with a realtime model whose server decides about turns, or recognises by itself."""
    if not isinstance(made, llm.RealtimeModel):
        return
    able = made.capabilities
    if able.turn_detection and not able.can_disable_turn_detection:
        yield f"llm: {member.spec.use} decides by itself when a turn is over and what stops it: the gate does not"
    if able.user_transcription:
        yield f"llm: {member.spec.use} recognises by itself; livekit then drops the words of the recogniser beside it"


def chained(
    part: str, members: Sequence[Member], providers: Sequence[Any], detector: vad.VAD | None, patience: Patience
) -> Any:
    """Return the providers as one.

    Args:
        part: `stt`, `tts` or `llm`.
        members: what the profile says of them.
        detector: what cuts the caller's audio into utterances for a recogniser that does not stream.
        patience: how long each is waited for.
    """
    watch = ChainWatch(part, [_watched(member) for member in members])
    match part:
        case "stt":
            return RecogniserChain(providers, watch, patience, detector)
        case "tts":
            return VoiceChain(providers, watch, patience)
        case "llm":
            return ModelChain(providers, watch, patience)
    raise ValueError(f"{part} is no chain")


def _watched(member: Member) -> ChainMember:
    spec = member.spec
    if _shared is None:
        return ChainMember(spec.use)
    return ChainMember(spec.use, Breaker(FileCell(_shared, f"{member.part} {spec.use}", spec.options)))
