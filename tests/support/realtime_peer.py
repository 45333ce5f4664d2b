"""A server that speaks OpenAI's realtime protocol as far as a call needs it, on this machine."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.loopback import LOOPBACK, serving

RATE_HZ, PIECE_S = 24_000, 0.1


class RealtimePeer:
    """Answers each `response.create` with `words`, spoken for `seconds`, faster than they are played.

    Attributes:
        received: the client's events, of audio only the length (`audio_s`).
        sessions: what the client has set of the session, each time.
    """

    def __init__(self, words: str, seconds: float) -> None:
        self.received: list[dict[str, Any]] = []
        self.sessions: list[dict[str, Any]] = []
        self.audio_s = 0.0
        self.query: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self._words, self._seconds, self._number = words, seconds, 0
        self._news = asyncio.Event()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The client's events of one type."""
        return [event for event in self.received if event["type"] == kind]

    async def until(self, kind: str) -> dict[str, Any]:
        """Wait for an event of this type; the first one."""
        while not self.of(kind):
            self._news.clear()
            await self._news.wait()
        return self.of(kind)[0]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Serve; the address that goes into `base_url`."""
        async with serving(self._handle) as port:
            yield f"http://{LOOPBACK}:{port}/v1"

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.query, self.headers = dict(request.query), dict(request.headers)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "session.created", "event_id": "e", "session": {"type": "realtime"}})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._answer(socket, message.json())
        return socket

    async def _answer(self, socket: web.WebSocketResponse, event: dict[str, Any]) -> None:
        if event["type"] == "input_audio_buffer.append":
            self.audio_s += len(base64.b64decode(event["audio"])) / 2 / RATE_HZ
            return
        self.received.append(event)
        self._news.set()
        match event["type"]:
            case "session.update":
                self.sessions.append(event["session"])
                await socket.send_json({"type": "session.updated", "event_id": "e", "session": event["session"]})
            case "conversation.item.create":
                added = {"type": "conversation.item.added", "event_id": "e", "item": event["item"]}
                await socket.send_json(added | {"previous_item_id": event.get("previous_item_id")})
            case "conversation.item.truncate":
                await socket.send_json({**event, "type": "conversation.item.truncated", "event_id": "e"})
            case "response.create":
                await self._speak(socket, event["response"].get("metadata") or {})

    async def _speak(self, socket: web.WebSocketResponse, metadata: dict[str, Any]) -> None:
        self._number += 1
        response = {"id": f"r{self._number}", "object": "realtime.response", "metadata": metadata, "output": []}
        item = {
            "id": f"i{self._number}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "status": "in_progress",
        }
        at = {"response_id": response["id"], "item_id": item["id"], "output_index": 0, "content_index": 0}

        async def send(kind: str, **more: Any) -> None:
            await socket.send_json({"type": kind, "event_id": "e", **more})

        await send("response.created", response={**response, "status": "in_progress"})
        await send("response.output_item.added", response_id=response["id"], output_index=0, item=item)
        await send("conversation.item.added", item=item, previous_item_id=None)
        await send("response.content_part.added", **at, part={"type": "audio", "transcript": ""})
        await send("response.output_audio_transcript.delta", **at, delta=self._words)
        piece = base64.b64encode(bytes(2 * round(RATE_HZ * PIECE_S))).decode()
        for _ in range(round(self._seconds / PIECE_S)):
            await send("response.output_audio.delta", **at, delta=piece)
            await asyncio.sleep(0)
        await send("response.output_audio_transcript.done", **at, transcript=self._words)
        await send("response.output_audio.done", **at)
        done = {**item, "status": "completed", "content": [{"type": "output_audio", "transcript": self._words}]}
        await send("response.output_item.done", response_id=response["id"], output_index=0, item=done)
        await send("response.done", response={**response, "status": "completed", "output": [done]})
