"""Deepgram, OpenAI's chat and Cartesia on this machine, as far as a call needs them, and what can go wrong with them.

They answer livekit's real plugins. What goes wrong is planned request by request, or changes at any time:

    peers.llm.plan(Trouble("refuse", status=429), None)    # the first request, the second one; all others go well
    peers.tts.trouble = Trouble("cut", after=0.6)           # from now on

The recogniser hears words that `tone` makes: each is a level of its own, so that a test can tell which were heard. The
voice hums for as long as the words would take.
"""

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from aiohttp import WSMsgType, web

from tests.support.loopback import LOOPBACK

KEY: Final = "stand-in"
RATE_HZ: Final = 24_000
"""Sample rate that livekit's Cartesia plugin asks for, Hz."""

PER_CHARACTER_S: Final = 0.06
PITCH_HZ: Final = 150.0
AMPLITUDE: Final = 8000
REPLY: Final = "One moment, please."
PIECE_S: Final = 0.1
"""Seconds of speech in one message of the voice."""

LEVEL: Final = 1000
FAINT: Final = 300
"""Level up to which a coarse recogniser hears nothing."""

COARSE_WORD: Final = "please"
"""The word that it hears: none that more would be waited for, as for a number."""

WORD_S: Final = 0.2
GAP_S: Final = 0.1
PAUSE_S: Final = 0.3
"""Silence after which the recogniser gives a final transcript, in seconds of audio."""

VOCABULARY: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

Kind = Literal["refuse", "stall", "cut", "garble", "slow"]


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a request, or a connection.

    Args:
        kind: `refuse` with a status; `stall`: nothing comes; `cut`: the connection breaks; `garble`: what comes is no
            JSON; `slow`: nothing comes for `seconds`, then all is well.
        status: of a refusal.
        after: how much goes well before that: words of the model and of the caller, seconds of the voice.
        seconds: of slowness.
    """

    kind: Kind
    status: int = 500
    after: float = 0.0
    seconds: float = 10.0


class Peer:
    """One provider of the three.

    Attributes:
        trouble: what goes wrong with every request that has no plan.
        asked: how many requests or connections there were.
    """

    def __init__(self) -> None:
        self.trouble: Trouble | None = None
        self.asked = 0
        self._planned: deque[Trouble | None] = deque()

    def plan(self, *troubles: Trouble | None) -> None:
        """Say what goes wrong with the next requests, one by one; None: nothing."""
        self._planned.extend(troubles)

    async def begin(self) -> Trouble | None:
        """Count a request; raise its refusal, wait where it is slow, and return what is left to go wrong."""
        self.asked += 1
        trouble = self._planned.popleft() if self._planned else self.trouble
        if trouble is None:
            return None
        if trouble.kind == "refuse":
            raise _REFUSALS[trouble.status](text=json.dumps({"error": {"message": "as planned"}}))
        if trouble.kind == "slow":
            await asyncio.sleep(trouble.seconds)
            return None
        if trouble.kind == "stall" and not trouble.after:
            await asyncio.Event().wait()
        return trouble


@dataclass
class Recogniser(Peer):
    """Deepgram. `finals` are its final transcripts, whoever was connected; a `deaf` one hears no words in anything, a
    `coarse` one the same word in whatever is loud: speech, or sound that a codec has changed.
    """

    finals: list[str] = field(default_factory=list)
    deaf: bool = False
    coarse: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Recognise what comes over one connection."""
        trouble = await self.begin()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        ear = _Ear(int(request.query.get("sample_rate", "16000")), coarse=self.coarse)
        async for message in socket:
            if message.type is WSMsgType.BINARY and not self.deaf:
                ear.hear(message.data)
            elif message.type is WSMsgType.TEXT and json.loads(message.data)["type"] in ("Finalize", "CloseStream"):
                ear.finish()
                if json.loads(message.data)["type"] == "CloseStream":
                    await self._tell(socket, ear)
                    break
            if trouble is not None and ear.words >= trouble.after:
                if trouble.kind == "cut":
                    _break(request)
                    break
                if trouble.kind == "garble":
                    await socket.send_str("{what is this")
                continue
            await self._tell(socket, ear)
        return socket

    async def _tell(self, socket: web.WebSocketResponse, ear: "_Ear") -> None:
        for words, final in ear.news():
            if final:
                self.finals.append(words)
            alternative = {"transcript": words, "confidence": 0.99, "words": []}
            await socket.send_json(
                {
                    "type": "Results",
                    "metadata": {"request_id": "r"},
                    "is_final": final,
                    "speech_final": final,
                    "start": 0.0,
                    "duration": 1.0,
                    "channel": {"alternatives": [alternative]},
                }
            )


@dataclass
class Model(Peer):
    """OpenAI's chat. `answer` gives the reply to a request; `requests` are what was asked, `said` what came of it."""

    answer: Callable[[dict[str, Any]], str] = lambda _: REPLY
    requests: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, word by word."""
        self.requests.append(body := await request.json())
        trouble = await self.begin()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        response.force_close()  # the client of the plugin is not always closed
        await response.prepare(request)
        said = ""
        for count, word in enumerate(_words(self.answer(body))):
            if trouble is not None and count >= trouble.after:
                if trouble.kind == "garble":
                    await response.write(b"data: {what is this\n\n")
                elif trouble.kind == "stall":
                    await asyncio.Event().wait()
                _break(request)
                self.said.append(said)
                return response
            said += word
            await response.write(_chunk({"role": "assistant", "content": word}, None))
        self.said.append(said)
        await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
        return response


@dataclass
class Voice(Peer):
    """Cartesia. `said` are the texts that it was given, each with the seconds of it that it has spoken."""

    said: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    async def speak(self, request: web.Request) -> web.Response:
        """Say one text, over HTTP."""
        await self.begin()
        return web.Response(body=hum((await request.json())["transcript"]))

    async def speak_on(self, request: web.Request) -> web.StreamResponse:
        """Say what comes over one connection, which is kept for the next answers; a trouble is one answer's."""
        refused = self.trouble or (self._planned[0] if self._planned else None)
        if refused is not None and refused.kind == "refuse":
            await self.begin()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        trouble: Trouble | None = None
        context, seconds = "", 0.0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            asked = json.loads(message.data)
            if "transcript" not in asked:
                continue
            if asked["context_id"] != context:
                context, seconds, trouble = asked["context_id"], 0.0, await self.begin()
            spoken, whole = await self._say(socket, asked, trouble, seconds)
            seconds += spoken
            if asked["transcript"].strip():
                self.said.append((asked["transcript"].strip(), round(spoken, 3)))
            if not whole:
                _break(request)
                break
            if not asked.get("continue", False):
                told = {"context_id": context, "done": True, "status_code": 200, "type": "done"}
                await socket.send_json(told)
        return socket

    async def _say(
        self, socket: web.WebSocketResponse, asked: dict[str, Any], trouble: Trouble | None, before: float
    ) -> tuple[float, bool]:
        """Send the sound of one text; return its seconds, and whether the connection goes on."""
        told = {"context_id": asked["context_id"], "done": False, "status_code": 200, "type": "chunk"}
        pcm, spoken = hum(asked["transcript"]), 0.0
        for at in range(0, len(pcm), piece := round(PIECE_S * RATE_HZ) * 2):
            if trouble is not None and before + spoken >= trouble.after:
                if trouble.kind == "garble":
                    await socket.send_str("{what is this")
                elif trouble.kind == "stall":
                    await asyncio.Event().wait()
                return spoken, False
            await socket.send_json({**told, "data": base64.b64encode(pcm[at : at + piece]).decode()})
            spoken += len(pcm[at : at + piece]) / 2 / RATE_HZ
        return spoken, True


@dataclass
class ProviderPeers:
    """The three of them, behind one address."""

    stt: Recogniser = field(default_factory=Recogniser)
    llm: Model = field(default_factory=Model)
    tts: Voice = field(default_factory=Voice)
    address: str = ""

    def options(self, part: str) -> dict[str, Any]:
        """Return a provider of a profile that leads to its peer."""
        use = {"stt": "deepgram", "llm": "openai", "tts": "cartesia"}[part]
        url = {"stt": f"{self.address}/v1/listen", "llm": f"{self.address}/v1", "tts": self.address}[part]
        return {"use": use, "base_url": url, "api_key": KEY}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["ProviderPeers"]:
        """Serve on loopback meanwhile."""
        app = web.Application()
        app.router.add_get("/v1/listen", self.stt.listen)
        app.router.add_post("/v1/chat/completions", self.llm.complete)
        app.router.add_post("/tts/bytes", self.tts.speak)
        app.router.add_get("/tts/websocket", self.tts.speak_on)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, 0).start()
            self.address = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
            yield self
        finally:
            await runner.cleanup()


def hum(text: str) -> bytes:
    """Return 16-bit samples at `RATE_HZ` that last as long as the text would."""
    at = np.arange(round(len(text.strip()) * PER_CHARACTER_S * RATE_HZ)) / RATE_HZ
    return (AMPLITUDE * np.sin(2 * np.pi * PITCH_HZ * at)).astype("<i2").tobytes()


def tone(words: Sequence[str], rate: int, *, end: float = 0.0) -> np.ndarray:
    """Return 16-bit samples that the recogniser hears these words in, which are of `VOCABULARY`.

    Args:
        rate: Hz.
        end: silence after them, in seconds.
    """
    gap = np.zeros(round(GAP_S * rate), dtype="<i2")
    spoken = [np.full(round(WORD_S * rate), LEVEL * (VOCABULARY.index(word) + 1), dtype="<i2") for word in words]
    return np.concatenate([each for word in spoken for each in (word, gap)] + [np.zeros(round(end * rate), "<i2")])


class _Ear:
    """What one connection has heard: words since the last final transcript, and all of them."""

    def __init__(self, rate: int, *, coarse: bool) -> None:
        self.words = 0
        self._coarse = coarse
        self._rate = rate
        self._heard: list[str] = []
        self._word = -1
        self._length = self._silence = 0
        self._news: list[tuple[str, bool]] = []

    def hear(self, pcm: bytes) -> None:
        """Take audio, in steps of 10 ms."""
        samples = np.frombuffer(pcm, dtype="<i2")
        step = self._rate // 100
        for at in range(0, len(samples), step):
            level = float(np.median(np.abs(samples[at : at + step])))
            self._step((0 if level > FAINT else -1) if self._coarse else round(level / LEVEL) - 1, step)

    def finish(self) -> None:
        """Give a final transcript of what was heard."""
        self._end_word()
        if self._heard:
            self._news.append((" ".join(self._heard), True))
            self._heard = []

    def news(self) -> list[tuple[str, bool]]:
        """Return transcripts since the last time, and whether each is final."""
        told, self._news = self._news, []
        return told

    def _step(self, word: int, length: int) -> None:
        if word != self._word:
            self._end_word()
            self._word, self._length = word, 0
        self._length += length
        self._silence = self._silence + length if word < 0 else 0
        if self._silence >= PAUSE_S * self._rate:
            self.finish()

    def _end_word(self) -> None:
        if self._word >= 0 and self._length >= WORD_S * self._rate / 2:
            known = VOCABULARY[min(self._word, len(VOCABULARY) - 1)]
            self._heard.append(COARSE_WORD if self._coarse else known)
            self.words += 1
            self._news.append((" ".join(self._heard), False))
        self._word, self._length = -1, 0


_REFUSALS: Final = {
    401: web.HTTPUnauthorized,
    429: web.HTTPTooManyRequests,
    500: web.HTTPInternalServerError,
    503: web.HTTPServiceUnavailable,
}


def _words(text: str) -> list[str]:
    return [f"{' ' if number else ''}{word}" for number, word in enumerate(text.split())]


def _chunk(delta: dict[str, Any], reason: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    told = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "stand-in", "choices": [choice]}
    return f"data: {json.dumps(told)}\n\n".encode()


def _break(request: web.Request) -> None:
    """Break the connection: no goodbye."""
    if request.transport is not None:
        request.transport.abort()
