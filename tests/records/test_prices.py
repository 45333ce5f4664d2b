"""What a call has cost."""

from pathlib import Path

import pytest

from callagent.journal.events import ModelUsed
from callagent.records import Packet, Prices, RecordStore, load_prices
from callagent.yaml_config import ConfigError
from tests.support.kept_calls import head_of, raw, talk

FILE = """\
models:
  - {provider: "*openai*", model: mini, input_tokens: 1.0, cached_tokens: 0.5, output_tokens: 4.0}
  - {provider: "*openai*", model: "*", input_tokens: 10.0}
  - {model: "voice*", characters: 20.0, audio_minutes: 0.6}
"""


@pytest.fixture
def prices(tmp_path: Path) -> Prices:
    (tmp_path / "prices.yaml").write_text(FILE)
    return load_prices(tmp_path / "prices.yaml")


@pytest.mark.parametrize(
    ("name", "figures", "cost"),
    [
        ("llm livekit.openai mini", {"input_tokens": 1_000_000, "output_tokens": 250_000}, 2.0),
        ("llm livekit.openai mini", {"input_tokens": 1_000_000, "input_cached_tokens": 1_000_000}, 0.5),
        ("llm openai big", {"input_tokens": 100_000, "input_cached_tokens": 50_000}, 1.0),
        ("tts somebody voice one two", {"characters_count": 1000, "audio_duration": 30.0}, 0.32),
        ("llm somebody else", {"input_tokens": 1_000_000}, None),
        ("llm", {"input_tokens": 1_000_000}, None),
    ],
)
def test_a_model_costs_what_the_first_price_says_that_matches(
    prices: Prices, name: str, figures: dict[str, float], cost: float | None
) -> None:
    assert prices.of({name: figures}) == cost


def test_what_is_known_of_several_models_is_added_up(prices: Prices) -> None:
    usage = {"llm openai mini": {"input_tokens": 1_000_000}, "stt x y": {}, "tts x voice": {"audio_duration": 60.0}}
    assert prices.of(usage) == 1.6
    assert prices.of({}) is None


def test_the_last_figures_of_a_model_count_and_the_cost_is_kept(store: RecordStore, prices: Prices) -> None:
    used = [ModelUsed(at, "llm", "openai", "mini", {"input_tokens": at * 100_000}) for at in (1.0, 5.0)]
    store.append(packet("AJ_1", *used))
    store.end("AJ_1", prices=prices)
    call = store.get("AJ_1")
    assert (call.usage, call.cost) == ({"llm openai mini": {"input_tokens": 500_000.0}}, 0.5)


def packet(call: str, *used: ModelUsed) -> Packet:
    return Packet(call, 0, raw([head_of(call), *used, *talk()]))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("models: [{model: a, input_tokens: -1}]", "input_tokens"),
        ("models: [{model: a, input_token: 1}]", "input_token"),
        ("models: [{input_tokens: 1}]", "model"),
        ("currency: dollars", "currency"),
    ],
)
def test_a_mistake_names_its_key(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "prices.yaml").write_text(text)
    with pytest.raises(ConfigError, match=problem):
        load_prices(None, {"CALLAGENT_PRICES": str(tmp_path / "prices.yaml")})


def test_without_a_file_nothing_has_a_price() -> None:
    assert load_prices(None, {}).of({"llm openai mini": {"input_tokens": 1_000_000}}) is None
