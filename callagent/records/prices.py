"""What models cost, from a YAML file, and what a call has cost by that."""

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from callagent.yaml_config import Settings, load_yaml, validate

VARIABLE: Final = "CALLAGENT_PRICES"
"""Environment variable with the file of prices."""

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]

_MILLION: Final = 1e6
_MINUTE_S: Final = 60.0


class Price(Settings):
    """What one model costs, or several whose names match."""

    provider: str = Field("*", description="Provider as livekit names it; `*` stands for any letters.")
    model: str = Field(description="Model as livekit names it; `*` stands for any letters.")
    input_tokens: Amount = Field(0.0, description="A million tokens that go in.")
    cached_tokens: Amount | None = Field(
        None, description="A million tokens that go in and were there before; left out: as `input_tokens`."
    )
    output_tokens: Amount = Field(0.0, description="A million tokens that come out.")
    characters: Amount = Field(0.0, description="A million characters that are spoken.")
    audio_minutes: Amount = Field(0.0, description="A minute of audio that is heard or spoken.")
    session_minutes: Amount = Field(0.0, description="A minute of a session, where those are charged.")

    def of(self, figures: Mapping[str, float]) -> float:
        """Return the price of what livekit's figures tell."""
        cached = figures.get("input_cached_tokens", 0)
        fresh = max(0, figures.get("input_tokens", 0) - cached)
        tokens = fresh * self.input_tokens + cached * _either(self.cached_tokens, self.input_tokens)
        tokens += figures.get("output_tokens", 0) * self.output_tokens
        minutes = figures.get("audio_duration", 0) * self.audio_minutes
        minutes += figures.get("session_duration", 0) * self.session_minutes
        characters = figures.get("characters_count", 0) * self.characters
        return (tokens + characters) / _MILLION + minutes / _MINUTE_S


class Prices(Settings):
    """Prices of models, all in one currency. Of several that match a model the first one counts."""

    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="ISO 4217 code of all prices.")
    models: list[Price] = Field(default_factory=list, description="What each model costs.")

    def of(self, usage: Mapping[str, Any]) -> float | None:
        """Return what a call has cost, by the `usage` of its row; None where no price of its models is known."""
        known = [price.of(figures) for name, figures in usage.items() if (price := self._price(name)) is not None]
        return round(sum(known), 6) if known else None

    def _price(self, name: str) -> Price | None:
        _, provider, model = [*name.split(" ", 2), "", ""][:3]
        matches = (
            each for each in self.models if fnmatchcase(provider, each.provider) and fnmatchcase(model, each.model)
        )
        return next(matches, None)


NO_PRICES: Final = Prices()


def load_prices(path: Path | None = None, env: Mapping[str, str] | None = None) -> Prices:
    """Return the prices in a file, or in the one that the environment names; none where nothing does.

    Raises:
        ConfigError: the file cannot be used; it names every problem.
    """
    named = path or Path((os.environ if env is None else env).get(VARIABLE, ""))
    return NO_PRICES if named == Path() else validate(Prices, load_yaml(named))


def _either(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
