"""A livekit plugin of the tests, installed as any other: `livekit.plugins.NAME` on the import path."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Install = Callable[[str, str], None]

FAKES = """
import os
from livekit.agents import llm, stt, tts, utils, vad

class STT(stt.STT):
    def __init__(self, *, model: str = "ears-1", language: str = "en", keyterms: list[str] | None = None,
                 sample_rate: int = 16000, api_key: str | None = None, base_url: str = "wss://acme.example",
                 streaming: bool = True, http_session: object = None):
        super().__init__(capabilities=stt.STTCapabilities(streaming=streaming, interim_results=streaming))
        if not (api_key or os.environ.get("ACME_API_KEY")):
            raise ValueError("Acme API key is required, either as argument or set ACME_API_KEY")
        self.given = {"model": model, "language": language, "keyterms": keyterms, "api_key": api_key}

    async def _recognize_impl(self, buffer, *, language, conn_options):
        raise NotImplementedError

class TTS(tts.TTS):
    def __init__(self, voice: str, *, language: str = "en-US", sample_rate: int = 24000, num_channels: int = 1,
                 api_key: str | None = None):
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=sample_rate,
                         num_channels=num_channels)
        self.given = {"voice": voice, "language": language}
        if voice == "refused":
            raise ValueError(f"the key {api_key} is not valid")

    def synthesize(self, text, *, conn_options=None):
        raise NotImplementedError

class LLM(llm.LLM):
    def __init__(self, *, model: str = "m"):
        super().__init__()
        self.session = utils.http_context.http_session()

    def chat(self, **options):
        raise NotImplementedError

class VAD(vad.VAD):
    def __init__(self, *, activation_threshold: float = 0.7, min_silence_duration: float = 0.55):
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.1))
        self.given = {"activation_threshold": activation_threshold, "min_silence_duration": min_silence_duration}

    def stream(self):
        raise NotImplementedError
"""
"""A recogniser that wants a key, a voice that wants a name, a model that wants an HTTP session, a detector."""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a plugin: its name under `livekit.plugins`, and its source."""
    root = tmp_path / "site"

    def _install(name: str, source: str = FAKES) -> None:
        folder = root / "livekit" / "plugins" / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(root)
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, f"livekit.plugins.{name}", raising=False)

    return _install
