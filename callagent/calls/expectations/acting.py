"""The caller's steps: wait for the moment, then speak, play, press keys or hang up."""

from callagent.calls.caller import CallerAudio
from callagent.calls.expectations.verdict import Verdict, clock, milliseconds, quoted
from callagent.calls.scene import QUIET_S, CallerAct, Scene
from callagent.calls.steps import CallerStep, Keys


async def act(step: CallerStep, number: int, audio: CallerAudio | None, scene: Scene) -> Verdict:
    """Carries out a caller step; an utterance is only begun, so that the next step can watch what it does."""
    await scene.act_over()
    if scene.log.ended:
        return Verdict(False, scene.ending, gives_up=True)
    if not await _moment(step, scene):
        told = scene.ending or _never_came(step)
        return Verdict(False, told, gives_up=True)
    if audio is not None:
        return await _speak(audio, number, scene)
    if isinstance(step.caller, Keys):
        at = scene.now
        await scene.stage.press_keys(step.caller.dtmf)
        scene.act = CallerAct(number, None, at, scene.now)
        return Verdict(True, f"keys pressed {clock(at)}")
    at = scene.now
    await scene.stage.hang_up()
    return Verdict(True, f"the caller hung up {clock(at)}")


async def _moment(step: CallerStep, scene: Scene) -> bool:
    """Waits until `when` has been true for `after`; False when that does not come."""
    if step.when is None:
        await scene.log.sleep_until(scene.now + step.after)
        return scene.log.ended is None
    when = step.when
    while True:
        since = await scene.wait_unless_quiet(lambda: scene.since(when))
        if since is None:
            return False
        if since + step.after <= scene.now:
            return True
        await scene.wait(
            lambda since=since: True if scene.since(when) != since else None,  # type: ignore[misc]  # bound default
            until=since + step.after,
        )
        if scene.since(when) == since:
            return scene.log.ended is None


async def _speak(audio: CallerAudio, number: int, scene: Scene) -> Verdict:
    utterance = scene.speak(audio, number)
    scene.act = CallerAct(number, utterance, scene.now)
    last = scene.act
    await scene.wait(lambda: last.began)
    if last.began is None:
        return Verdict(False, "the call ended before the caller could begin", gives_up=True)
    said = f"said {quoted(utterance.text)}" if utterance.text else "played"
    return Verdict(True, f"{said} from {last.began:.2f} s on")


def _never_came(step: CallerStep) -> str:
    held = f" for {milliseconds(step.after)}" if step.after else ""
    doing = (step.when or "").removeprefix("agent ")
    return f"the agent was never {doing}{held}; nobody spoke for {QUIET_S:.0f} s"
