from pathlib import Path
from typing import Any

import pytest

from callagent.doctor.checks.models import check_models
from callagent.doctor.checks.profiles import check_profiles
from tests.doctor.patients import subject


async def test_the_shipped_profiles_are_fine() -> None:
    assert (await check_profiles(subject())).state == "ok"


@pytest.mark.parametrize(
    ("fields", "found"),
    [({"profile": "en-SU"}, "did you mean 'en-US'?"), ({"sets": ("interruption.grase=1 s",)}, "grase")],
)
async def test_a_profile_that_cannot_be_used_is_told(fields: dict[str, Any], found: str) -> None:
    finding = await check_profiles(subject(**fields))
    assert (finding.state, found in finding.found) == ("failed", True)


async def test_an_unreadable_profile_besides_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "mine.yaml").write_text("extends: [")
    monkeypatch.setenv("CALLAGENT_CONFIGS", str(tmp_path))
    finding = await check_profiles(subject())
    assert (finding.state, "mine.yaml:" in finding.found) == ("warning", True)


async def test_a_provider_without_its_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPGRAM_API_KEY", raising=False)
    finding = await check_models(subject(sets=("providers.stt=deepgram",)))
    assert (finding.state, "DEEPGRAM_API_KEY" in finding.found) == ("failed", True)


@pytest.mark.blocks_loop(reason="livekit lets only the main thread import plugins, and so functions may")
async def test_a_function_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles").mkdir()
    tools = "tools: {order: {description: Orders., run: 'bakery_gone:order'}}"
    (tmp_path / "profiles" / "mine.yaml").write_text(f"extends: locales/en-US\n{tools}\n")
    monkeypatch.setenv("CALLAGENT_CONFIGS", str(tmp_path))
    told = "mine.yaml:2: tools.order.run: cannot import 'bakery_gone:order'"
    for name, state in (("en-US", "warning"), ("mine", "failed")):
        finding = await check_profiles(subject(profile=name))
        assert (finding.state, told in finding.found) == (state, True)
