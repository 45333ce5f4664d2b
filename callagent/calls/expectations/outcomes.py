"""Expectations about what came of the talk: keys sent, a transfer, the transcript, words from now on."""

from callagent.calls.expectations.verdict import EXACT_S, Verdict, clock, milliseconds, quoted
from callagent.calls.observe import AgentKeys, ObservationLog, TransferRequested, TurnAdded
from callagent.calls.outcomes import IsTransferred, KeysAreSent, Says, Transcript, TranscriptHas, Transfer
from callagent.calls.scene import Scene
from callagent.phrases import Found, find, is_expression, shown

ROLES = {"caller": ("user",), "agent": ("assistant",), "anybody": ("user", "assistant")}


async def keys_are_sent(step: KeysAreSent, scene: Scene) -> Verdict:
    """The agent sends these keys, after those that earlier steps have taken."""
    wanted = step.expect.dtmf_sent
    over = await scene.act_over()
    found = await scene.wait(lambda: scene.next_keys(wanted), until=_until(scene, over, step.within))
    if found is not None:
        return Verdict(True, f"the agent sent {wanted} {clock(found)}")
    sent = "".join(entry.digits for entry in scene.log.of(AgentKeys))
    return Verdict(False, f"the agent sent {sent}" if sent else "the agent sent no keys")


async def is_transferred(step: IsTransferred, scene: Scene) -> Verdict:
    """The agent asks for this transfer, one that no earlier step has taken."""
    wanted = step.expect
    over = await scene.act_over()
    found = await scene.wait(
        lambda: scene.next_transfer(lambda entry: goes_to(wanted, entry)), until=_until(scene, over, step.within)
    )
    if found is not None:
        return Verdict(True, transfer_told(found))
    others = [transfer_told(entry) for entry in scene.log.of(TransferRequested)]
    return Verdict(False, "; ".join(others) or "no transfer was requested")


async def transcript_has(step: TranscriptHas, scene: Scene) -> Verdict:
    """The words are in the conversation, or come into it in time."""
    over = await scene.act_over()
    found = await scene.log.wait_for(
        lambda: in_transcript(step.expect, scene.log), until=_until(scene, over, step.within)
    )
    if found is not None:
        return Verdict(True, f"the transcript has {quoted(found)}")
    whole = " / ".join(turn.text for turn in turns(step.expect, scene.log))
    return Verdict(False, f"the transcript is {quoted(whole, 200)}" if whole else "the transcript is empty")


async def says(step: Says, scene: Scene) -> Verdict:
    """The agent begins to say the phrase in time."""
    over = await scene.act_over()
    until = _until(scene, over, step.within)
    said = await scene.wait(lambda: scene.hear(step.with_), until=until)
    if said is not None:
        return Verdict(True, f"the agent said {quoted(said.text)} {clock(said.at)}")
    heard = scene.words_since(scene.act.started if scene.act else 0.0)
    told = f"it said {quoted(heard)}" if heard else f"it said nothing for {milliseconds(step.within)}"
    return Verdict(False, f"{told}; {scene.ending}" if scene.ending else told)


def goes_to(wanted: Transfer, entry: TransferRequested) -> bool:
    """Whether a transfer is the one that is meant; spaces, hyphens and case do not count."""
    if is_expression(wanted.transfer):
        return find(wanted.transfer, entry.to) is not None
    return _plain(wanted.transfer) == _plain(entry.to)


def transfer_told(entry: TransferRequested) -> str:
    """A transfer in words."""
    refused = f", refused: {entry.refused}" if entry.refused else ""
    return f"a transfer to {entry.to} was requested {clock(entry.at)}{refused}"


def turns(wanted: Transcript, log: ObservationLog) -> list[TurnAdded]:
    """The turns of those whose words count."""
    return [turn for turn in log.of(TurnAdded) if turn.role in ROLES[wanted.of]]


def in_transcript(wanted: Transcript, log: ObservationLog) -> str | None:
    """The words as they stand in the conversation, None when they do not."""
    for turn in turns(wanted, log):
        if isinstance(found := find(wanted.transcript, turn.text), Found):
            return turn.text[found.start : found.end] or shown(wanted.transcript)
    return None


def _until(scene: Scene, over: float | None, within: float) -> float:
    return max(scene.now, over or 0.0) + within + EXACT_S


def _plain(to: str) -> str:
    return "".join(character for character in to.casefold() if character not in " -()")
