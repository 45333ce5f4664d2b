"""A voice on loopback: it answers OpenAI's requests for speech, so that nobody has to stand in for a plugin."""

import json
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from io import BytesIO

from tests.support.loopback import LOOPBACK, Reply, serving_in_a_thread

RATE = 24_000


@contextmanager
def voice_server() -> Iterator[tuple[int, list[str]]]:
    """A server that speaks: its port, and what it was asked to say; each time it says a little more."""
    asked: list[str] = []

    def reply(request: BaseHTTPRequestHandler) -> Reply:
        asked.append(json.loads(request.rfile.read(int(request.headers["Content-Length"])))["input"])
        speech = BytesIO()
        with wave.open(speech, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(2)
            audio.setframerate(RATE)
            audio.writeframes(bytes(2 * (RATE // 10) * len(asked)))
        return Reply(200, speech.getvalue())

    with serving_in_a_thread(reply) as port:
        yield port, asked


def spoken_by(port: int) -> dict[str, str]:
    """The `providers.tts` of a profile that has this voice."""
    return {"use": "openai", "base_url": f"http://{LOOPBACK}:{port}", "api_key": "x", "response_format": "wav"}
