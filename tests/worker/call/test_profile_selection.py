"""Which profile a call gets, with what was made ahead in its voice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callagent.profile import load_profile
from callagent.telephony import CallContext, Routes, read_context
from callagent.worker.call.profile_selection import choose, provided
from callagent.worker.config import WorkerConfig
from callagent.worker.process.profile_cache import MOST_PROFILES, Shelf
from callagent.worker.process.prompt_cache import sounds_kept
from callagent.yaml_config import ConfigError
from tests.support.voice_server import spoken_by, voice_server

pytestmark = pytest.mark.local_models


US, GB = (load_profile(name, env={}).greeting for name in ("en-US", "en-GB"))
assert US != GB


def asking_for(profile: str) -> CallContext:
    return read_context({"callagent.profile": profile}, "", identity="caller")


class Voice:
    """A voice on this machine, and what it was asked to say."""

    def __init__(self, port: int, asked: list[str]) -> None:
        self._asked = asked
        self._sets = (f"providers.tts={json.dumps(spoken_by(port))}",)

    def config(self, directory: Path | None = None, routes: Routes | None = None) -> WorkerConfig:
        routes = routes or Routes()
        return WorkerConfig("ws://127.0.0.1:1", "k", "s", 1, sounds=directory, routes=routes, sets=self._sets)

    @property
    def greetings(self) -> list[str]:
        """Those that it has been asked for, in that order."""
        return [text for text in self._asked if text in (US, GB)]


@pytest.fixture
def voice() -> Iterator[Voice]:
    with voice_server() as (port, asked):
        yield Voice(port, asked)


@pytest.fixture
def shelf(voice: Voice, tmp_path: Path) -> Shelf:
    return Shelf(voice.config(tmp_path))


def test_the_profiles_of_routes_are_at_hand_with_their_own_sounds(voice: Voice, tmp_path: Path) -> None:
    routed = voice.config(tmp_path, Routes(countries={"GB": "en-GB"}))
    shelf = Shelf(routed)
    assert voice.greetings == [US, GB]
    chosen = choose(routed, shelf, read_context({"sip.phoneNumber": "+442071838750"}, "", identity="caller"))
    assert (chosen.profile.name, chosen.brief.source) == ("en-GB", "country")
    assert GB in chosen.sounds and US not in chosen.sounds


def test_a_profile_that_a_call_asks_for_is_at_hand_in_the_next_process(voice: Voice, tmp_path: Path) -> None:
    chosen = choose(voice.config(), Shelf(voice.config(tmp_path)), asking_for("en-GB"))
    assert (chosen.profile.name, chosen.brief.source) == ("en-GB", "rule")
    assert US not in chosen.sounds and GB not in chosen.sounds
    Shelf(voice.config(tmp_path))
    assert voice.greetings == [US, GB]


def test_our_numbers_are_those_of_the_routes_and_of_the_profiles_at_hand(voice: Voice, tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text("extends: en-US\nname: desk\nnumbers: {'+12025550100': {}}\n")
    routes = Routes(numbers={"+442079460100": "en-GB"})
    shelf = Shelf(replace(voice.config(tmp_path, routes), profile=str(tmp_path / "desk.yaml")))
    assert shelf.own_numbers == {"+442079460100", "+12025550100"}


def test_a_profile_is_loaded_once(shelf: Shelf) -> None:
    assert shelf.take("en-US") is shelf.default
    assert shelf.default.profile.name == "en-US"


def test_a_process_has_so_many_profiles_and_no_more(voice: Voice, tmp_path: Path) -> None:
    for index in range(MOST_PROFILES):
        (tmp_path / f"wanted-a{index}").touch()
    (tmp_path / "wanted-en-GB").touch()
    Shelf(voice.config(tmp_path))
    assert voice.greetings == [US]  # the others do not exist, and count


@pytest.mark.parametrize("name", ["base", "no-such-profile"])
def test_what_cannot_be_used_gives_way_to_the_default_and_is_told(voice: Voice, shelf: Shelf, name: str) -> None:
    chosen = choose(voice.config(), shelf, asking_for(name))
    assert (chosen.profile.name, chosen.brief.profile, chosen.brief.source) == ("en-US", "en-US", "default")
    (problem,) = chosen.brief.problems
    assert "extended" in problem or name in problem
    assert US in chosen.sounds


def test_a_profile_without_its_key_gives_way_to_the_default(
    voice: Voice, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    chosen = choose(voice.config(), shelf, asking_for("es-ES"))
    assert (chosen.profile.name, chosen.brief.source) == ("es-ES", "rule")
    instead, providers = provided(chosen)
    assert (instead.profile.name, instead.brief.source, providers.stt.provider) == ("en-US", "default", "local")
    assert "DEEPGRAM_API_KEY" in instead.brief.problems[-1] or "English" in instead.brief.problems[-1]


def test_a_default_profile_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="extended"):
        Shelf(WorkerConfig("ws://127.0.0.1:1", "k", "s", 1, profile="base", sounds=tmp_path))


def test_nothing_is_kept_where_processes_share_nothing(shelf: Shelf) -> None:
    assert shelf.default.profile.greeting not in sounds_kept(shelf.default.profile, None)


def test_a_profile_whose_function_is_not_there_gives_the_default_one(
    voice: Voice, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiles").mkdir()
    tools = "tools: {order: {description: Orders., run: 'bakery_gone:order'}}"
    (tmp_path / "profiles" / "bakery.yaml").write_text(f"extends: locales/en-US\n{tools}\n")
    monkeypatch.setenv("CALLAGENT_CONFIGS", str(tmp_path))
    chosen = choose(voice.config(), shelf, asking_for("bakery"))
    (problem,) = chosen.brief.problems
    assert (chosen.profile.name, "cannot import 'bakery_gone:order'" in problem) == ("en-US", True)
