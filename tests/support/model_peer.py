"""A model on the wire, as OpenAI has it: what livekit's own plugin sends is answered by script."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.loopback import LOOPBACK, serving


@dataclass
class ModelPeer:
    """Answers one request after the other: a text is what the model says, a number a status, `hang` nothing ever, and
    `garble` a stream that is none."""

    answers: list[str | int] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def settings(self) -> dict[str, Any]:
        """It as the model of a profile."""
        return {"use": "openai", "model": "peer-1", "base_url": f"http://{LOOPBACK}:{self.port}/v1"}

    @property
    def asked(self) -> str:
        """All that it was told last."""
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        answer = self.answers.pop(0) if self.answers else 500
        if isinstance(answer, int):
            return web.json_response({"error": {"message": "no"}}, status=answer)
        if answer == "hang":
            await self.stopping.wait()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if answer == "garble":
            await response.write(b"data: {{{ no event\n\n")
            return response
        middle = len(answer) // 2
        for piece in (answer[:middle], answer[middle:]):
            await response.write(_event({"content": piece}))
        await response.write(
            _event({}, "stop", usage={"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})
        )
        await response.write(b"data: [DONE]\n\n")
        return response


def _event(delta: dict[str, Any], reason: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "peer-1", "choices": [choice], **more}
    return f"data: {json.dumps(chunk)}\n\n".encode()


@asynccontextmanager
async def answering(*answers: str | int) -> AsyncIterator[ModelPeer]:
    peer = ModelPeer(list(answers))
    async with serving(peer.handle) as port:
        peer.port = port
        try:
            yield peer
        finally:
            peer.stopping.set()
