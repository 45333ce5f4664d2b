"""A voice on loopback: it answers OpenAI's requests for speech, so that nobody has to stand in for a provider's plugin.

Give a profile `{use: openai, base_url: http://127.0.0.1:PORT, api_key: x, response_format: wav}` as its `tts`.
"""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from io import BytesIO

from tests.support.loopback import Reply, serving_in_a_thread

RATE = 24_000


@contextmanager
def voice_server() -> Iterator[tuple[int, list[str]]]:
    """A server that speaks: its port, and what it was asked to say; each time it says a little more."""
    asked: list[str] = []

    def reply(request: BaseHTTPRequestHandler) -> Reply:
        asked.append(request.path)
        speech = BytesIO()
        with wave.open(speech, "wb") as audio:
            audio.setnchannels(1)
            audio.setsampwidth(2)
            audio.setframerate(RATE)
            audio.writeframes(bytes(2 * (RATE // 10) * len(asked)))
        return Reply(200, speech.getvalue())

    with serving_in_a_thread(reply) as port:
        yield port, asked
