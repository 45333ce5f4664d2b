"""A call made with a telephone, wherever it goes."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import numpy as np

from callagent.audio import CodecName, Impairments, Samples
from callagent.audio.audibility import Change
from callagent.audio.g711 import FRAME_SAMPLES, G711
from callagent.audio.remote_line import Wire
from callagent.concurrency import first_done
from callagent.journal import CallerKeys
from callagent.scripted_calls.levels.remote.remote_call import LineStage
from callagent.scripted_calls.levels.sip.phone import (
    Credentials,
    Ending,
    InvalidSdp,
    Media,
    Phone,
    RtpSession,
    SipUri,
    answered_media,
    offer,
)
from callagent.scripted_calls.run.caller_audio import impairments_of
from callagent.scripted_calls.run.live_call import LevelUnavailable
from callagent.scripted_calls.script.call_plan import CallPlan


class RtpWire(Wire):
    """A packet every 20 ms in both directions, silence included.

    Attributes:
        on_frame: takes every 20 ms of the agent as they arrive.

    Args:
        on_key: takes a key that the agent pressed.
    """

    def __init__(
        self,
        *,
        codec: CodecName,
        impairments: Impairments,
        on_change: Callable[[Change], None],
        on_key: Callable[[str], None],
    ) -> None:
        super().__init__(codec=codec, impairments=impairments, on_change=on_change)
        self.codec = codec
        self.rtp = RtpSession(self._heard, on_key)
        self._coder = G711(codec)
        self._rest: Samples = np.zeros(0, np.int16)
        self.on_frame: Callable[[Samples], None] = lambda frame: None

    async def open(self, host: str) -> str:
        """Listen on an address of this machine, and give the offer that says so."""
        return offer(host, await self.rtp.open(host), self.codec)

    def connect(self, media: Media) -> None:
        """Send to the other side from now on."""
        self.rtp.media = media

    def send(self, frame: Samples) -> None:
        """Send the next 20 ms of the caller."""
        self.rtp.send(self._coder.encode(frame))

    async def close_media(self) -> None:
        """Let go of the port."""
        self.rtp.close()

    def play(self, frame: Samples) -> None:
        """Take the next 20 ms of the agent."""
        super().play(frame)
        self.on_frame(frame)

    def _heard(self, payload: bytes) -> None:
        """Take a packet of any length, and hand it on by frames of 20 ms."""
        samples = np.concatenate([self._rest, self._coder.decode(payload)])
        whole = samples.size - samples.size % FRAME_SAMPLES
        for start in range(0, whole, FRAME_SAMPLES):
            self.play(samples[start : start + FRAME_SAMPLES])
        self._rest = samples[whole:]


ANSWER_TIMEOUT_S = 20.0
"""How long the caller lets it ring."""


class PhoneStage(LineStage[RtpWire]):
    """The common part of the stages of this level; each adds whom it calls, and what it gets to know of the agent."""

    def __init__(self, plan: CallPlan, *, broken: "asyncio.Future[str]", records: Path | None = None) -> None:
        super().__init__(plan, broken=broken, records=records)
        self._answered = asyncio.Event()
        self._phone: Phone | None = None
        self._resources = AsyncExitStack()

    async def start(self) -> None:
        """Call, and return once the call is answered or has come to nothing."""
        await self._render_voices()
        uri, credentials = await self._callee()
        try:
            phone = self._phone = await Phone.open(uri, on_refer=self._referred)
        except OSError as error:
            raise LevelUnavailable(f"{uri.host} cannot be called: {error.strerror or error}") from error
        self._resources.push_async_callback(phone.aclose)
        offer = await self._wire.open(phone.host)
        self._begin()
        watching = self._watch(self._answered, ANSWER_TIMEOUT_S)
        phone.ended.add_done_callback(self._ended)
        phone.call(self._plan.script.context.number, offer, credentials=credentials)
        self._observe_agent()
        await first_done(phone.answered, phone.ended, watching)
        if phone.answered.done() and not phone.answered.cancelled():
            self._connect(phone.answered.result())

    async def press_keys(self, digits: str) -> None:
        """Press keys, as telephone events."""
        await self._wire.rtp.press(digits)
        self._log.add(CallerKeys(self._clock.now(), digits))

    async def hang_up(self) -> None:
        """Send BYE, or CANCEL while it still rings."""
        self._end("caller hung up")
        if self._phone is not None:
            await self._phone.hang_up()

    async def aclose(self) -> None:
        """Hang up, if need be, and end everything."""
        if self._begun:
            self._end("caller hung up")
        self._wire.hang_up()
        async with AsyncExitStack() as last_first:
            for close in (self._resources.aclose, self._wire.aclose, self._look_back, self._leave_agent):
                last_first.push_async_callback(close)
            last_first.push_async_callback(self._stop_watching)
            if self._phone is not None:
                await self._phone.hang_up()

    @abstractmethod
    async def _callee(self) -> tuple[SipUri, Credentials | None]:
        """Tell whom to call, and what to say when asked who we are."""

    @abstractmethod
    def _observe_agent(self) -> None:
        """Begin to find out what the agent does, now that the call has begun."""

    @abstractmethod
    async def _leave_agent(self) -> None:
        """End what `_observe_agent` began; idempotent."""

    def _new_wire(self) -> RtpWire:
        line = self._plan.script.line
        return RtpWire(
            codec=line.codec,
            impairments=impairments_of(line),
            on_change=self._agent_changed,
            on_key=self._key_heard,
        )

    def _key_heard(self, key: str) -> None:
        """Log a key that the agent pressed."""

    def _referred(self, target: str) -> bool:
        """Return the agent transfers the call; whether the caller goes along."""
        return True

    def _connect(self, answer: str) -> None:
        try:
            self._wire.connect(answered_media(answer, self._wire.codec))
        except InvalidSdp as error:
            self._fail(str(error))
            return
        self._answered.set()
        self._wire.start(self._clock.now())

    def _ended(self, ended: "asyncio.Future[Ending]") -> None:
        if ended.cancelled() or self._log.ended is not None:
            return
        ending = ended.result()
        if ending.status:
            self._fail(f"the call was not answered: {ending.reason}")
        elif not ending.by_us:
            self._ended_by_agent()
