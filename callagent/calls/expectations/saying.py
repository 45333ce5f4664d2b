"""Expectations about the agent's words: it says something, it replies."""

from collections.abc import Callable

from callagent.calls.expectations.verdict import EXACT_S, Verdict, clock, milliseconds, quoted
from callagent.calls.observe import AgentState
from callagent.calls.scene import QUIET_S, Scene
from callagent.calls.steps import AgentSays, Replies
from callagent.phrases import find, shown

WORDS_S = 1.0
"""How long after the first sample of a reply its first words are waited for."""

REPLY_QUIET_S = 3.0
"""Silence of an agent that listens after which its reply is over."""


async def agent_says(step: AgentSays, scene: Scene) -> Verdict:
    """Waits until the agent has begun to say the phrase."""
    said = await scene.wait_unless_quiet(lambda: scene.hear(step.agent_says))
    if said is not None:
        return Verdict(True, f"the agent said {quoted(said.text)} {clock(said.at)}")
    heard = scene.words_since(scene.act.started if scene.act else 0.0)
    told = f"it said {quoted(heard)}" if heard else "it said nothing"
    if scene.log.ended:
        return Verdict(False, f"{told}; {scene.ending}", gives_up=True)
    return Verdict(False, f"{told}, then nobody spoke for {QUIET_S:.0f} s", gives_up=True)


async def replies(step: Replies, scene: Scene) -> Verdict:
    """The agent answers the caller's last act, soon enough and with the right words."""
    act = scene.act
    if act is None:
        return Verdict(False, "nobody had said anything to reply to")
    over = await scene.act_over()
    if over is None:
        return _no_reply(scene, step.within)
    began = await scene.wait(lambda: scene.reply_start(act.started), until=over + step.within + EXACT_S)
    if began is None:
        return _no_reply(scene, step.within)
    phrase = step.with_

    def words() -> str:
        return scene.reply_words(began, act.started)

    await scene.wait(lambda: words() or None, until=began + WORDS_S)
    matched = phrase is None or await _says(scene, phrase, words)
    told = f"the agent said {quoted(words())} {_after(began - over)}"
    return Verdict(matched, told if matched else f"{told}, without {shown(phrase or '')}")


async def _says(scene: Scene, phrase: str, words: Callable[[], str]) -> bool:
    while True:
        if find(phrase, words()):
            return True
        listening = scene.since("agent listening")
        until = None if listening is None else listening + REPLY_QUIET_S
        if until is not None and until <= scene.now:
            return False
        heard = len(words())
        changed = await scene.wait(
            lambda heard=heard, listening=listening: (  # type: ignore[misc]  # mypy cannot infer bound defaults
                len(words()) > heard or scene.since("agent listening") != listening or None
            ),
            until=until,
        )
        if changed is None and scene.log.ended:
            return bool(find(phrase, words()))


def _no_reply(scene: Scene, within: float) -> Verdict:
    if scene.log.ended:
        return Verdict(False, scene.ending)
    state = scene.log.last(AgentState)
    doing = f"; it was {state.state}" if state else ""
    return Verdict(False, f"no reply within {milliseconds(within)} of the caller's last sample{doing}")


def _after(latency: float) -> str:
    if latency < 0:
        return f"{milliseconds(-latency)} before the caller had finished"
    return f"{milliseconds(latency)} after the caller's last sample"
