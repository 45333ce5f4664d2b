"""Stand-ins for the cloud's providers, on this machine: what the worker computes for a call is then what it does there.

They take what livekit's plugins send to Deepgram, OpenAI and Cartesia. The recogniser hears nothing in what it is sent,
the LLM has one sentence, the voice hums for as long as the words would take.
"""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from aiohttp import WSMsgType, web

KEY = "stand-in"
RATE_HZ = 24_000
"""Sample rate that livekit's Cartesia plugin asks for, Hz."""

PER_CHARACTER_S = 0.06
PITCH_HZ = 150.0
AMPLITUDE = 8000
REPLY = "One moment, please."


@asynccontextmanager
async def standing_in() -> AsyncIterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Serve on loopback; give the options of `callagent serve` that lead there, and the variables it needs."""
    app = web.Application()
    app.router.add_get("/v1/listen", _listen)
    app.router.add_post("/v1/chat/completions", _complete)
    app.router.add_post("/tts/bytes", _speak)
    app.router.add_get("/tts/websocket", _speak_on)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        address = f"http://{host}:{port}"
        at = {"stt": f"{address}/v1/listen", "llm": f"{address}/v1", "tts": address}
        settings = [f"{part}.{each}" for part, url in at.items() for each in (f"base_url={url}", f"api_key={KEY}")]
        options = [option for each in settings for option in ("--set", f"providers.{each}")]
        yield tuple(options), {"CALLAGENT_PROVIDERS": "cloud"}
    finally:
        await runner.cleanup()


def hum(text: str) -> bytes:
    """Return 16-bit samples at `RATE_HZ` that last as long as the text would."""
    at = np.arange(round(len(text.strip()) * PER_CHARACTER_S * RATE_HZ)) / RATE_HZ
    return (AMPLITUDE * np.sin(2 * np.pi * PITCH_HZ * at)).astype("<i2").tobytes()


async def _listen(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.TEXT and json.loads(message.data).get("type") == "CloseStream":
            break
    return socket


async def _complete(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stand-in"}
    for delta, reason in (({"role": "assistant", "content": REPLY}, None), ({}, "stop")):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        await response.write(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode())
    await response.write(b"data: [DONE]\n\n")
    return response


async def _speak(request: web.Request) -> web.Response:
    return web.Response(body=hum((await request.json())["transcript"]))


async def _speak_on(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        asked = json.loads(message.data)
        told = {"context_id": asked["context_id"], "done": False, "status_code": 200}
        if pcm := hum(asked["transcript"]):
            await socket.send_json({**told, "type": "chunk", "data": base64.b64encode(pcm).decode()})
        if not asked.get("continue", False):
            await socket.send_json({**told, "type": "done", "done": True})
    return socket
