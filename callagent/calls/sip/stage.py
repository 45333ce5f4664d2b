"""One call at the level `sip`: a telephone that calls a real livekit-sip."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from livekit import api, rtc

from callagent.calls.linestage import LineStage
from callagent.calls.observe import CallerKeys
from callagent.calls.rendering import impairments_of
from callagent.calls.room.listener import RoomListener
from callagent.calls.sip.number import OwnNumber
from callagent.calls.sip.phone import Ending, InvalidSdp, Phone, SipUri, answered_media
from callagent.calls.sip.stack import SipStack
from callagent.calls.sip.wire import RtpWire
from callagent.calls.stage import CallPlan
from callagent.worker import Connection
from callagent.worker.hangup import open_api

ANSWER_TIMEOUT_S = 20.0
"""How long the caller lets it ring."""

CALLER_NUMBER = "+12025550123"
"""Nobody's: 555-01xx is kept for fiction."""

LOOK_S = 0.03
"""How often the server is asked whether the room of the call is there yet."""


class SipStage(LineStage[RtpWire]):
    """A call over the local stack.

    What is said and decided is watched from the room itself, by a hidden participant that joins as soon as the
    gateway has made it.
    """

    def __init__(
        self,
        plan: CallPlan,
        stack: SipStack,
        agent_name: str,
        *,
        broken: "asyncio.Future[str]",
        records: Path | None = None,
    ) -> None:
        super().__init__(plan, broken=broken, records=records)
        self._stack = stack
        self._agent_name = agent_name
        self._room = rtc.Room()
        self._answered = asyncio.Event()
        self._phone: Phone | None = None
        self._resources = AsyncExitStack()
        self._joining: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Calls, and returns once the call is answered or has come to nothing."""
        await self._render_voices()
        number = await OwnNumber.take(self._stack.server, self._room_name, self._dispatch(self._agent_name))
        self._resources.push_async_callback(number.release)
        uri = SipUri.parse(f"sip:{number.number}@127.0.0.1:{self._stack.sip_port}")
        phone = self._phone = await Phone.open(uri, on_refer=lambda target: True)
        self._resources.push_async_callback(phone.aclose)
        offer = await self._wire.open(phone.host)
        listener = self._begin(self._room, lambda track: None)
        self._watch(self._answered, ANSWER_TIMEOUT_S)
        phone.ended.add_done_callback(self._ended)
        phone.call(CALLER_NUMBER, offer)
        self._joining = asyncio.create_task(self._join(listener), name="callagent.calls.sip.join")
        moments: list[asyncio.Future[Any]] = [phone.answered, phone.ended]
        await asyncio.wait(moments, return_when=asyncio.FIRST_COMPLETED)
        if not phone.answered.done() or phone.answered.cancelled():
            return
        try:
            self._wire.connect(answered_media(phone.answered.result(), self._wire.codec))
        except InvalidSdp as error:
            self._fail(str(error))
            return
        self._answered.set()
        self._wire.start(self._clock.now())

    async def press_keys(self, digits: str) -> None:
        """Presses keys, as telephone events."""
        await self._wire.rtp.press(digits)
        self._log.add(CallerKeys(self._clock.now(), digits))

    async def hang_up(self) -> None:
        """Sends BYE, or CANCEL while it still rings."""
        self._end("caller hung up")
        if self._phone is not None:
            await self._phone.hang_up()

    async def aclose(self) -> None:
        """Hangs up, if need be, and ends everything."""
        if self._begun:
            self._end("caller hung up")
        self._wire.hang_up()
        if self._phone is not None:
            await self._phone.hang_up()
        await self._stop_watching()
        await self._stop_joining()
        await self._room.disconnect()
        await self._look_back()
        await self._wire.aclose()
        await self._resources.aclose()

    def _new_wire(self) -> RtpWire:
        line = self._plan.script.line
        return RtpWire(
            codec=line.codec,
            impairments=impairments_of(line),
            on_change=self._agent_changed,
            on_key=lambda key: None,
        )

    async def _join(self, listener: RoomListener) -> None:
        """Waits for the room and joins it, hidden and deaf."""
        while True:
            if await self._room_is_there():
                break
            await asyncio.sleep(LOOK_S)
        await self._room.connect(self._stack.server.url, self._token(), rtc.RoomOptions(auto_subscribe=False))
        listener.look_around()

    async def _stop_joining(self) -> None:
        """Raises the error that kept us from joining, if one did."""
        if self._joining is not None:
            self._joining.cancel()
            await asyncio.wait([self._joining])
            if not self._joining.cancelled():
                self._joining.result()

    async def _room_is_there(self) -> bool:
        try:
            async with open_api(self._stack.server) as server:
                rooms = await server.room.list_rooms(api.ListRoomsRequest(names=[self._room_name]))
        except (aiohttp.ClientError, api.TwirpError, TimeoutError):
            return False
        return bool(rooms.rooms)

    def _token(self) -> str:
        server: Connection = self._stack.server
        grants = api.VideoGrants(room_join=True, room=self._room_name, hidden=True, can_publish=False)
        token = api.AccessToken(server.api_key, server.api_secret).with_identity("observer").with_grants(grants)
        return token.to_jwt()

    def _ended(self, ended: "asyncio.Future[Ending]") -> None:
        if ended.cancelled() or self._log.ended is not None:
            return
        ending = ended.result()
        if ending.status:
            self._fail(f"the call was not answered: {ending.reason}")
        elif not ending.by_us:
            self._ended_by_agent()
