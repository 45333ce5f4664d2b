import ssl

import pytest
from livekit.plugins import openai

from callagent.providers import make_ahead, make_providers
from callagent.providers.spares import made
from callagent.providers.spares import make_ahead as make_one_ahead
from tests.providers.conftest import profile_with

ENDPOINT = "http://127.0.0.1:1/v1"


class Plugin:
    """Counts those that are made."""

    count = 0

    def __init__(self, **options: object) -> None:
        self.options = options
        Plugin.count += 1


@pytest.fixture(autouse=True)
def none_made() -> None:
    Plugin.count = 0


def test_what_is_made_ahead_goes_to_one_call_alone() -> None:
    make_one_ahead(Plugin, {"model": "a"})
    assert Plugin.count == 1
    first = made(Plugin, {"model": "a"})
    assert Plugin.count == 1
    assert made(Plugin, {"model": "a"}) is not first
    assert Plugin.count == 2


def test_other_options_get_a_plugin_of_their_own() -> None:
    make_one_ahead(Plugin, {"model": "a"})
    other = made(Plugin, {"model": "b"})
    assert other.options == {"model": "b"}
    assert made(Plugin, {"model": "a"}) is not other
    assert Plugin.count == 2


def test_the_same_is_made_ahead_once() -> None:
    make_one_ahead(Plugin, {"model": "twice"})
    make_one_ahead(Plugin, {"model": "twice"})
    assert Plugin.count == 1
    made(Plugin, {"model": "twice"})


def test_a_call_with_openai_reads_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = {"use": "openai", "base_url": ENDPOINT}
    profile = profile_with(stt=spec, tts=spec, llm=spec)
    read: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *where, **_: read.append(where))
    make_ahead(profile)
    assert len(read) >= 3
    read.clear()
    providers = make_providers(profile)
    assert not read
    assert isinstance(providers.llm, openai.LLM)
    make_providers(profile)
    assert read
