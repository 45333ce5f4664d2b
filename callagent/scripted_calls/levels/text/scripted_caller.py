"""The caller at level text: plays utterances as reports of a VAD and a recogniser, one after the other."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from callagent.audio import Timeline
from callagent.journal import CallerAudible, CallerSilent, ObservationLog
from callagent.scripted_calls.levels.text.cues import Cue, unfold
from callagent.scripted_calls.script.caller import CallerAudio, Reported, Sound


@dataclass
class TextUtterance:
    """An utterance on its way; the futures give call times."""

    what: CallerAudio
    index: int
    started: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    ended: "asyncio.Future[float]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def text(self) -> str:
        """What is said, empty for sounds."""
        return getattr(self.what, "text", "")


class ScriptedCaller:
    """Unfolds utterances on the loop's timers and reports each cue to whoever listens.

    Args:
        log: gets CallerAudible and CallerSilent.
        timeline: gets the caller's spans.
        min_speech, min_silence: the profile's VAD settings, seconds.
    """

    def __init__(self, log: ObservationLog, timeline: Timeline, *, min_speech: float, min_silence: float) -> None:
        self._log = log
        self._timeline = timeline
        self._min_speech = min_speech
        self._min_silence = min_silence
        self._queue: deque[TextUtterance] = deque()
        self._current: TextUtterance | None = None
        self._end_timer: asyncio.TimerHandle | None = None
        self._cues: list[tuple[asyncio.TimerHandle, Cue]] = []
        self._unfinal = ""
        self._speech_runs = False
        self._count = 0
        self._listeners: list[Callable[[Cue], None]] = []

    def listen(self, listener: Callable[[Cue], None]) -> Callable[[], None]:
        """Report every cue to `listener` until the function that is returned gets called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def speak(self, what: CallerAudio) -> TextUtterance:
        """Say or play something, behind what is being said."""
        utterance = TextUtterance(what, self._count)
        self._count += 1
        self._queue.append(utterance)
        if self._current is None:
            self._next()
        return utterance

    def stop(self) -> None:
        """Cut the caller off: nothing more is said, heard or reported. What never began is cancelled."""
        self._cancel_cues()
        if self._current is not None:
            self._finish(self._current)
        for utterance in self._queue:
            utterance.started.cancel()
            utterance.ended.cancel()
        self._queue.clear()

    def _next(self) -> None:
        utterance = self._current = self._queue.popleft()
        loop, now = asyncio.get_running_loop(), self._log.now()
        before = "" if isinstance(utterance.what, Sound | Reported) else self._unfinal
        if before:  # the same stretch of speech goes on
            self._cancel_cues()
        running = isinstance(utterance.what, Reported) and self._speech_runs
        if running:  # so does it, but what was heard of it comes as it is known
            self._cancel_cues(lambda cue: cue.is_activity)
        unfolding = unfold(
            utterance.what,
            min_speech=self._min_speech,
            min_silence=self._min_silence,
            before=before,
            running=running,
        )
        pending = [(timer, cue) for timer, cue in self._cues if not timer.cancelled() and timer.when() > loop.time()]
        self._cues = pending + [(loop.call_later(cue.at, self._report, cue), cue) for cue in unfolding.cues]
        self._end_timer = loop.call_later(unfolding.duration, self._said, utterance)
        if not isinstance(utterance.what, Sound):
            self._unfinal = f"{before} {utterance.text}".strip()
        utterance.started.set_result(now)
        self._timeline.begin_caller(now, utterance.text)
        self._log.add(CallerAudible(now, utterance.index, utterance.text))

    def _said(self, utterance: TextUtterance) -> None:
        self._finish(utterance)
        if self._queue:
            self._next()

    def _finish(self, utterance: TextUtterance) -> None:
        now = self._log.now()
        self._current = None
        if self._end_timer is not None:
            self._end_timer.cancel()
        utterance.ended.set_result(now)
        self._timeline.end_caller(now)
        self._log.add(CallerSilent(now, utterance.index))

    def _cancel_cues(self, which: Callable[[Cue], bool] = lambda cue: True) -> None:
        for timer, cue in self._cues:
            if which(cue):
                timer.cancel()

    def _report(self, cue: Cue) -> None:
        if cue.kind == "speech started":
            self._speech_runs = True
        if cue.kind == "speech ended":
            self._unfinal, self._speech_runs = "", False
        for listener in list(self._listeners):
            listener(cue)
