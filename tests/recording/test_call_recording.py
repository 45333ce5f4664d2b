"""When the recording of a call begins, pauses and ends: real sessions of profiles, in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import APIConnectOptions, tts, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from callagent.journal import (
    Answered,
    Disclosed,
    HandedOver,
    Observation,
    RecordingEnded,
    RecordingFailed,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from callagent.journal.observer import SessionObserver
from callagent.journal.recordings.recording_events import RecordingEvent
from callagent.profile import Profile
from callagent.recording.call_audio import CallAudio, Stereo
from callagent.recording.call_recording import CallRecording
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall, a_profile

RATE = 8000
LOCATION = "/kept/2026-01-31/AJ_1.ogg"
Body = Callable[["Recorded"], Coroutine[Any, Any, None]]


class Tone(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(request_id=utils.shortuuid(), sample_rate=RATE, num_channels=1, mime_type="audio/pcm")
        output_emitter.push(np.full(round(spoken_length(self.input_text) * RATE), 1000, np.int16).tobytes())
        output_emitter.flush()


class ToneTTS(ScriptedTTS):
    """A voice that can be heard."""

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return Tone(tts=self, input_text=text, conn_options=conn_options)


class Memory:
    """Keeps a recording in memory."""

    def __init__(self) -> None:
        self.audio = CallAudio(RATE)
        self.sound: Stereo = np.zeros((0, 2), np.int16)

    def put(self, step: Callable[[CallAudio], None]) -> None:
        step(self.audio)

    def keep(self, at: float) -> None:
        self.audio.keep(at)

    def omit(self, at: float) -> None:
        self.audio.omit(at)

    def close(self, at: float) -> None:
        self.sound = self.audio.take(at)

    def join(self, within: float) -> bool:
        return True


class Recorded:
    """A call that is recorded."""

    def __init__(self, profile: Profile, *, at_once: bool = True) -> None:
        self.call = VirtualCall(profile, tts=ToneTTS())
        log, clock, session = self.call.record.log, self.call.clock, self.call.call.session
        observer = SessionObserver(session, self.call.call.gate, log, clock, self.call.call.name_of)
        self.call.call.call.compliance.watch(observer)
        self.memory = Memory()
        self.lost: list[Callable[[str], None]] = []
        self.recording = CallRecording(
            session,
            profile.recording,
            self.call.call.call.recording,
            log,
            clock,
            location=LOCATION,
            at_once=at_once,
            make_writer=self._made,
        )

    def _made(self, failed: Callable[[str], None]) -> Memory:
        self.lost.append(failed)
        return self.memory

    def hear(self, seconds: float) -> None:
        """The caller has been heard for so many seconds until now."""
        tap: Any = self.call.call.session.input.audio
        assert tap.label == "callagent recording"
        frame = rtc.AudioFrame(np.full(round(seconds * RATE), 500, np.int16).tobytes(), RATE, 1, round(seconds * RATE))
        at = self.call.clock.now() - seconds
        self.memory.put(lambda audio: audio.caller.heard(at, frame))

    @property
    def told(self) -> list[RecordingEvent]:
        return self.call.record.log.of(RecordingEvent)

    def first(self, what: type[Observation], /, **fields: Any) -> float:
        entries = self.call.record.log.of(what)
        return next(e.at for e in entries if all(getattr(e, name) == value for name, value in fields.items()))

    @property
    def agent_heard(self) -> list[tuple[float, float]]:
        return stretches(self.memory.sound[:, 1])


def stretches(side: Any) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff((side != 0).astype(np.int8), prepend=0, append=0))
    return [(a / RATE, b / RATE) for a, b in edges.reshape(-1, 2)]


def in_a_call(body: Body, profile: Profile, *, at_once: bool = True) -> Recorded:
    async def call() -> Recorded:
        recorded = Recorded(profile, at_once=at_once)
        async with recorded.call:
            await body(recorded)
        await recorded.recording.whole()
        return recorded

    return virtually(call)


async def greeted(recorded: Recorded) -> None:
    await recorded.call.idle()
    await asyncio.sleep(1.0)


def kinds(events: Sequence[RecordingEvent]) -> list[type[RecordingEvent]]:
    return [type(event) for event in events]


def recorded_profile(mode: Any = "on", **fields: Any) -> Profile:
    return a_profile(**{"greeting": "Hello, this is the bakery.", "recording": mode, **fields})


def test_a_call_that_comes_in_is_recorded_from_its_first_word_to_its_end() -> None:
    call = in_a_call(greeted, recorded_profile({"mode": "on", "sample_rate": 8000, "format": "wav"}))
    started, ended = call.told
    assert isinstance(started, RecordingStarted) and isinstance(ended, RecordingEnded)
    assert (started.location, started.format, started.sample_rate, started.channels) == (LOCATION, "wav", 8000, 2)
    ((begin, end),) = call.agent_heard
    assert started.at <= begin == call.call.spoke_at[0]
    assert end - begin > 1.0
    assert ended.seconds == ended.at
    assert abs(len(call.memory.sound) / RATE - ended.seconds) < 0.001


def test_a_call_that_is_not_to_be_recorded_is_not_listened_to() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        audio = recorded.call.call.session.input.audio
        assert audio is not None and audio.label == "text line"

    call = in_a_call(body, recorded_profile("off"))
    assert call.told == [] and call.lost == []


def test_a_call_that_goes_out_is_recorded_from_its_answer_on() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        assert recorded.told == []
        recorded.hear(0.5)
        recorded.call.record.log.add(Answered(recorded.call.clock.now()))
        await asyncio.sleep(1.0)
        recorded.hear(0.5)

    call = in_a_call(body, recorded_profile(), at_once=False)
    answered = call.first(Answered)
    assert call.first(RecordingStarted) == answered
    ((begin, end),) = stretches(call.memory.sound[:, 0])
    assert abs(begin - answered - 0.5) < 0.02 and abs(end - answered - 1.0) < 0.02
    assert call.agent_heard == []


CONSENT = {"disclosures": {"ai": "on", "recording": "on"}}


def test_with_consent_nothing_is_kept_before_the_notice_was_heard_to_its_end() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        recorded.hear(0.5)

    call = in_a_call(body, recorded_profile("on consent", compliance=CONSENT))
    noticed = call.first(Disclosed, kind="recording", complete=True)
    assert call.first(RecordingStarted) == noticed
    assert len(call.call.spoke_at) > 1
    first, *_ = call.agent_heard
    assert first[0] == pytest.approx(noticed, abs=1 / RATE)


def test_a_notice_that_was_cut_off_is_none() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        log, clock = recorded.call.record.log, recorded.call.clock
        for kind, complete in (("ai", True), ("recording", False)):
            log.add(Disclosed(clock.now(), kind, complete, 1.0))
        assert recorded.told == []
        log.add(Disclosed(clock.now(), "recording", True, 2.0))
        assert kinds(recorded.told) == [RecordingStarted]

    unsaid = {"disclosures": {"recording": {"directions": ["outbound"]}}}
    in_a_call(body, recorded_profile("on consent", compliance=unsaid))


def test_where_agreement_is_wanted_a_notice_is_not_enough() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        assert recorded.told == []
        recorded.call.call.call.start_recording()
        assert kinds(recorded.told) == [RecordingStarted]
        await asyncio.sleep(1.0)

    spec = {"mode": "on consent", "consent": "agreement"}
    call = in_a_call(body, recorded_profile(spec, compliance=CONSENT))
    assert kinds(call.told) == [RecordingStarted, RecordingEnded]
    assert call.agent_heard == []


def test_what_is_said_while_code_of_the_author_has_it_pause_is_silence() -> None:
    async def body(recorded: Recorded) -> None:
        own = recorded.call.call.call
        await greeted(recorded)
        own.pause_recording()
        own.pause_recording()
        await asyncio.sleep(2.0)
        recorded.hear(1.0)
        own.resume_recording()
        await asyncio.sleep(1.0)
        recorded.hear(1.0)

    call = in_a_call(body, recorded_profile())
    assert kinds(call.told) == [RecordingStarted, RecordingPaused, RecordingResumed, RecordingEnded]
    ((begin, end),) = stretches(call.memory.sound[:, 0])
    assert abs(begin - call.first(RecordingResumed)) < 0.02
    assert abs(end - begin - 1.0) < 0.02


def test_one_that_is_to_pause_before_it_begins_begins_paused() -> None:
    async def body(recorded: Recorded) -> None:
        recorded.call.call.call.pause_recording()
        recorded.call.record.log.add(Answered(recorded.call.clock.now()))
        await greeted(recorded)

    call = in_a_call(body, recorded_profile(), at_once=False)
    assert kinds(call.told) == [RecordingStarted, RecordingPaused, RecordingEnded]
    assert not call.memory.sound.any()


def asked_by(*agents: str) -> Body:
    """A call that these agents have, one after the other; those with `task` in their name for a while."""

    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        for agent in agents:
            recorded.call.record.log.add(HandedOver(recorded.call.clock.now(), agent, "x", "task" in agent))
            await asyncio.sleep(1.0)
            recorded.hear(1.0)

    return body


def test_while_a_card_is_asked_for_nothing_is_kept() -> None:
    asked = asked_by("default", "credit_card_task", "get_card_number_task", "get_name_task", "default")
    call = in_a_call(asked, recorded_profile())
    _, paused, resumed, _ = call.told
    assert isinstance(paused, RecordingPaused) and isinstance(resumed, RecordingResumed)
    assert paused.why == "card" and abs(resumed.at - paused.at - 3.0) < 0.01
    heard = stretches(call.memory.sound[:, 0])
    assert [round(end - begin, 1) for begin, end in heard] == [1.0, 1.0]


def test_while_digits_are_keyed_in_nothing_is_kept_unless_the_profile_wants_it() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        own, keypad = recorded.call.call.call, recorded.call.call.keypad
        collecting = asyncio.ensure_future(own.collect_dtmf("Your number, please.", 2))
        await asyncio.sleep(1.0)
        recorded.hear(0.5)
        keypad.press("12")
        assert (await collecting).keys == "12"
        await asyncio.sleep(1.0)

    call = in_a_call(body, recorded_profile())
    assert kinds(call.told) == [RecordingStarted, RecordingPaused, RecordingResumed, RecordingEnded]
    assert not call.memory.sound[:, 0].any()
    by_task = in_a_call(asked_by("dtmf_task", "default"), recorded_profile())
    assert kinds(by_task.told) == [RecordingStarted, RecordingPaused, RecordingResumed, RecordingEnded]
    wanted = in_a_call(body, recorded_profile({"mode": "on", "pauses": ["card"]}))
    assert kinds(wanted.told) == [RecordingStarted, RecordingEnded]
    assert wanted.memory.sound[:, 0].any()


def test_what_the_thread_has_lost_is_in_the_journal() -> None:
    async def body(recorded: Recorded) -> None:
        await greeted(recorded)
        await asyncio.to_thread(recorded.lost[0], "the disk is gone")
        await asyncio.sleep(0.1)

    call = in_a_call(body, recorded_profile())
    assert kinds(call.told) == [RecordingStarted, RecordingFailed, RecordingEnded]


def test_an_agent_that_is_interrupted_is_silent_in_the_recording() -> None:
    async def body(recorded: Recorded) -> None:
        await asyncio.sleep(1.0)
        recorded.call.call.session.interrupt(force=True)
        await greeted(recorded)

    call = in_a_call(body, recorded_profile(greeting="Hello, this is the bakery, and we sell bread. " * 3))
    (begin, end), *_ = call.agent_heard
    assert end == 1.0 or abs(end - 1.0) < 0.02
    assert begin < 0.5
