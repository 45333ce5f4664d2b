"""What all models of user-written files have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """A frozen part of a configuration: unknown keys are refused, and so is ``"8"`` where a number is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Fraction = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1, both included."""

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
"""Text that is not empty."""

Texts = Annotated[tuple[str, ...], Field(strict=False)]
"""A list of texts."""
