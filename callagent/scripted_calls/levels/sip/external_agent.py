"""One call at the level `sip` to an agent somewhere: nothing is known of it but what the telephone hears."""

import asyncio
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import soxr

from callagent.audio import AUDIBLE_DBFS, FRAME_S, SAMPLE_RATE, Samples, level_dbfs
from callagent.audio.audibility import Change
from callagent.journal import AgentKeys, AgentState, AgentWords, PlayoutEnded, TransferRequested
from callagent.providers.local.whisper.weights import SAMPLE_RATE as MODEL_RATE
from callagent.providers.local.whisper.weights import load_whisper
from callagent.scripted_calls.levels.sip.phone import Credentials, SipUri
from callagent.scripted_calls.levels.sip.phone_call import PhoneStage
from callagent.scripted_calls.script.call_plan import CallPlan

STEP_S = 0.5
"""Time between two looks at what has been said so far."""

PAUSE_S = 0.4
"""Silence after which a stretch of speech is over."""

LONGEST_S = 8.0
"""A stretch of speech that is longer is cut: the model looks at ten seconds at most."""

UNSURE_WORDS = 2
"""The last words of a stretch that goes on may still turn out otherwise."""

TOKENS_PER_SECOND = 8


class Ears:
    """Hears 20 ms at a time, and tells the words, about a second after they were said.

    Args:
        on_words: takes one or more words.
        recognise: what is said in 8 kHz samples, blocking; None: Whisper.
    """

    def __init__(self, on_words: Callable[[str], None], recognise: Callable[[Samples], str] | None = None) -> None:
        self._on_words = on_words
        self._recognise = recognise or with_whisper
        self._frames: list[Samples] = []
        self._silent = 0
        self._told = 0

    def hear(self, frame: Samples) -> None:
        """Take the next 20 ms."""
        if level_dbfs(frame) > AUDIBLE_DBFS:
            self._silent = 0
        elif not self._frames:
            return
        else:
            self._silent += 1
        self._frames.append(frame)

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            await asyncio.sleep(STEP_S)
            if self._frames:
                await self.listen()

    async def listen(self) -> None:
        """Tell the words of what has been heard so far, those that are sure by now."""
        stretch = self._frames
        over = self._silent * FRAME_S >= PAUSE_S or len(stretch) * FRAME_S > LONGEST_S
        if over:
            self._frames = []
        words = (await asyncio.to_thread(self._recognise, np.concatenate(stretch))).split()
        sure = words if over else words[:-UNSURE_WORDS]
        if new := sure[self._told :]:
            self._on_words(" ".join(new))
        self._told = 0 if over else max(self._told, len(sure))


def with_whisper(samples: Samples) -> str:
    """Return what Whisper makes of 8 kHz mono samples, at most ten seconds of them."""
    signal: npt.NDArray[np.float32] = np.asarray(samples, np.float32) / np.float32(32768)
    model = load_whisper(1)
    encoded = model.encode(soxr.resample(signal, SAMPLE_RATE, MODEL_RATE))
    tokens = int(samples.size / SAMPLE_RATE * TOKENS_PER_SECOND) + 4
    return model.transcribe(encoded, model.prompt(""), max_tokens=tokens).text


class ForeignStage(PhoneStage):
    """A call to any SIP address.

    The agent is the one who answers there, with a greeting and replies of its own. Its words are recognised, and
    observed about a second after they were said; turns, tools and decisions are not known.
    """

    def __init__(
        self, plan: CallPlan, uri: SipUri, credentials: Credentials | None, *, broken: "asyncio.Future[str]"
    ) -> None:
        super().__init__(plan, broken=broken)
        self._uri = uri
        self._credentials = credentials
        self._ears = Ears(self._words)
        self._joint = ""

    async def _callee(self) -> tuple[SipUri, Credentials | None]:
        return self._uri, self._credentials

    def _observe_agent(self) -> None:
        self._wire.voice.speaking = True  # a pause of up to a second belongs to what it says
        self._wire.on_frame = self._ears.hear
        self._wire.run(self._ears.run(), "ears")

    async def _leave_agent(self) -> None:
        """End the ears with the wire."""

    def _agent_changed(self, change: Change) -> None:
        super()._agent_changed(change)
        if not change.audible:
            self._log.add(PlayoutEnded(self._clock.now(), interrupted=False))
        self._log.add(AgentState(self._clock.now(), "speaking" if change.audible else "listening"))

    def _key_heard(self, key: str) -> None:
        self._log.add(AgentKeys(self._clock.now(), key))

    def _referred(self, target: str) -> bool:
        self._log.add(TransferRequested(self._clock.now(), target))
        return True

    def _words(self, words: str) -> None:
        self._log.add(AgentWords(self._clock.now(), self._joint + words))
        self._joint = " "
