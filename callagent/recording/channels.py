"""Sound of both sides of a call at the place in time at which it was heard.

Places are seconds of the call. What was taken is written and stays; what comes later for a time before that is lost,
so that whoever takes leaves both sides some time to arrive.
"""

from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import numpy as np
import soxr
from livekit import rtc

from callagent.audio import Samples

EARLY_S: Final = 0.02
"""How much before its turn a frame of the caller may arrive. Nothing can be heard before it was said: one that comes
earlier tells that those before it were late."""

LATE_S: Final = 0.1
"""How much later than its turn a frame of the caller may arrive and still follow the one before it."""

TOGETHER_S: Final = 0.06
"""How long frames that are later than that wait for those after them, in seconds."""


class PlacedSound:
    """Mono sound at `rate` Hz at its place, from the first sample on that has not been taken."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._taken = 0
        self._samples: Samples = np.zeros(0, np.int16)

    def put(self, at: float, samples: Samples) -> None:
        """Place sound at `at` seconds, instead of what was there."""
        begin = round(at * self.rate) - self._taken
        samples = samples[max(0, -begin) :]
        begin = max(0, begin)
        self._grow(begin + samples.size)
        self._samples[begin : begin + samples.size] = samples

    def hush(self, begin: float, end: float | None = None) -> None:
        """Have silence from `begin` to `end` seconds, or for ever."""
        last = None if end is None else max(0, round(end * self.rate) - self._taken)
        self._samples[max(0, round(begin * self.rate) - self._taken) : last] = 0

    def take(self, end: int) -> Samples:
        """Return what there is up to the sample `end` of the call, silence where nothing was placed."""
        count = max(0, end - self._taken)
        self._grow(count)
        taken, self._samples = self._samples[:count], self._samples[count:].copy()
        self._taken += count
        return taken

    def _grow(self, size: int) -> None:
        if size > self._samples.size:
            self._samples = np.pad(self._samples, (0, size - self._samples.size))


class _Converter:
    """Frames of one rate on their way to another one, without a break between them."""

    def __init__(self, rate: int, to: int) -> None:
        self.rate = rate
        self._stream = None if rate == to else soxr.ResampleStream(rate, to, 1, dtype="int16")

    def convert(self, frame: rtc.AudioFrame) -> Samples:
        samples = np.frombuffer(frame.data, np.int16)
        if frame.num_channels > 1:
            samples = samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
        return samples if self._stream is None else np.asarray(self._stream.resample_chunk(samples), np.int16)

    def rest(self) -> Samples:
        """Return what was held back; nothing follows."""
        none: Samples = np.zeros(0, np.int16)
        return none if self._stream is None else np.asarray(self._stream.resample_chunk(none, last=True), np.int16)


class CallerChannel:
    """What the caller was heard to say: frames that follow each other as they arrive.

    Frames that come late wait for a moment. If there was a gap, those after them are as late; if the machine was only
    busy, they come all at once, and the last of them is on time. In both cases it is the least late one that tells when
    all of them were said.

    Attributes:
        through: up to when all of it has arrived, in seconds.
    """

    def __init__(self, sound: PlacedSound) -> None:
        self.through = 0.0
        self._sound = sound
        self._converter: _Converter | None = None
        self._begun = 0.0
        self._arrived = 0.0
        self._placed = 0
        self._late: list[tuple[float, rtc.AudioFrame]] = []

    def heard(self, at: float, frame: rtc.AudioFrame) -> None:
        """Take a frame that began at about `at`."""
        if self._late and at - self._late[-1][0] > LATE_S:
            self._begin_with_the_late_ones()
        if self._late or at - self.through > LATE_S:
            self._late.append((at, frame))
            if at >= self._late[0][0] + TOGETHER_S:
                self._begin_with_the_late_ones()
            return
        if self._converter is None or self._converter.rate != frame.sample_rate or at < self.through - EARLY_S:
            self._begin(at, frame)
        self._add(frame)

    def advance(self, until: float) -> None:
        """Let nothing that was heard before `until` wait any longer."""
        if self._late and self._late[0][0] < until:
            self._begin_with_the_late_ones()

    def _begin_with_the_late_ones(self) -> None:
        late, self._late = self._late, []
        offsets = accumulate((frame.duration for _, frame in late[:-1]), initial=0.0)
        begun = min(at - offset for (at, _), offset in zip(late, offsets, strict=True))
        self._begin(max(self.through, begun), late[0][1])
        for _, frame in late:
            if self._converter is None or self._converter.rate != frame.sample_rate:
                self._begin(self.through, frame)
            self._add(frame)

    def _begin(self, at: float, frame: rtc.AudioFrame) -> None:
        """Begin a run of frames at `at` seconds."""
        if self._converter is not None:
            self._place(self._converter.rest())
        self._converter = _Converter(frame.sample_rate, self._sound.rate)
        self._begun, self._arrived, self._placed = at, 0.0, 0

    def _add(self, frame: rtc.AudioFrame) -> None:
        assert self._converter is not None
        self._place(self._converter.convert(frame))
        self._arrived += frame.duration
        self.through = self._begun + self._arrived

    def _place(self, samples: Samples) -> None:
        self._sound.put(self._begun + self._placed / self._sound.rate, samples)
        self._placed += samples.size


@dataclass
class _Run:
    """A stretch of an utterance without a pause in it: sample `offset` of the utterance was heard at `at` seconds."""

    at: float
    offset: int


@dataclass
class _Utterance:
    """What the agent is to say between two flushes."""

    converter: _Converter
    sound: bytearray = field(default_factory=bytearray)
    seconds: float = 0.0
    placed: int = 0
    begun: bool = False
    flushed: bool = False
    dropped: bool = False
    reported: bool = False
    run: _Run | None = None
    last_run_at: float = 0.0

    @property
    def size(self) -> int:
        """Samples that are here."""
        return len(self.sound) // 2

    def add(self, samples: Samples) -> None:
        self.sound += samples.tobytes()

    def part(self, first: int, last: int) -> Samples:
        return np.frombuffer(bytes(self.sound[2 * first : 2 * last]), np.int16)

    def play(self, at: float) -> None:
        """Go on with what has not been placed yet."""
        self.run = _Run(at, self.placed)
        self.last_run_at = at


class AgentChannel:
    """What was heard of the agent: its sound comes ahead of time, and is played, held and cut off later.

    While an utterance is played it is placed by the clock. What the output of the session tells afterwards of each
    stretch that it has played (`playback_progressed`) is exact, and mends what has not been taken yet.
    """

    def __init__(self, sound: PlacedSound) -> None:
        self._sound = sound
        self._utterances: list[_Utterance] = []
        self._open: _Utterance | None = None
        self._held = False

    def captured(self, now: float, frame: rtc.AudioFrame) -> None:
        """Take the next frame of the utterance that is to be said."""
        if self._open is None:
            self._open = _Utterance(_Converter(frame.sample_rate, self._sound.rate))
            self._utterances.append(self._open)
        utterance = self._open
        if utterance.dropped:
            return
        self.advance(now)
        if utterance.begun and utterance.run is None and not self._held:
            utterance.play(now)
        utterance.add(utterance.converter.convert(frame))
        utterance.seconds += frame.duration

    def flushed(self) -> None:
        """End the utterance: all of its sound is here."""
        if self._open is not None:
            self._open.add(self._open.converter.rest())
            self._open.flushed = True
        self._open = None

    def started(self, at: float) -> None:
        """Begin to play the first utterance that is not over."""
        if self._utterances and not self._utterances[0].begun:
            self._utterances[0].begun = True
            self._utterances[0].play(at)

    def held(self, now: float) -> None:
        """Pause."""
        self.advance(now)
        self._held = True
        if self._utterances:
            self._utterances[0].run = None

    def released(self, now: float) -> None:
        """Go on after a pause."""
        self._held = False
        if self._utterances and self._utterances[0].begun and not self._utterances[0].dropped:
            self._utterances[0].play(now)

    def cleared(self, now: float) -> None:
        """Fall silent: all utterances are cut off."""
        self.advance(now)
        for utterance in self._utterances:
            utterance.run = None
            utterance.dropped = True

    def progressed(self, now: float, at: float, offset: float, duration: float) -> None:
        """Take the word of the output for a stretch that it has played, in seconds from the begin of the utterance."""
        if not self._utterances:
            return
        self.advance(now)
        utterance, rate = self._utterances[0], self._sound.rate
        utterance.reported = True
        first, last = round(offset * rate), round((offset + duration) * rate)
        run, over = utterance.run, at + duration
        if run is not None and run.at >= over - EARLY_S and run.offset >= last - EARLY_S * rate:
            self._sound.hush(at, run.at)  # it is about the stretch before this one
        else:
            self._sound.hush(min(at, utterance.last_run_at))
            utterance.placed, utterance.run = last, None
            if not (self._held or utterance.dropped or (utterance.flushed and last >= utterance.size)):
                utterance.play(now)
        self._sound.put(at, utterance.part(first, last))

    def finished(self, now: float, position: float) -> None:
        """End the first utterance, of which so many seconds were heard."""
        if not self._utterances:
            return
        self.advance(now)
        utterance = self._utterances.pop(0)
        if not utterance.reported and utterance.begun:
            run = utterance.run or _Run(utterance.last_run_at, 0)
            self._sound.hush(run.at + position - run.offset / self._sound.rate)
        utterance.dropped = True  # what still comes of it is not heard

    def advance(self, now: float) -> None:
        """Place what has been heard by now."""
        utterance = self._utterances[0] if self._utterances else None
        if utterance is None or utterance.run is None:
            return
        run, rate = utterance.run, self._sound.rate
        until = min(utterance.size, run.offset + max(0, round((now - run.at) * rate)))
        if until > utterance.placed:
            begin = run.at + (utterance.placed - run.offset) / rate
            self._sound.put(begin, utterance.part(utterance.placed, until))
            utterance.placed = until
        if now > run.at + utterance.seconds - run.offset / rate and not utterance.flushed:
            utterance.run = None  # there is nothing left to play until more comes
