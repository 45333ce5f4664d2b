"""The order for one outbound call: what `callagent dial` writes into the dispatch, and the job reads."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from callagent.phone_numbers.number import parse_number
from callagent.profile import MachineSettings
from callagent.yaml_config import Settings

KEY = "dial"
"""Key of the order in the dispatch metadata; `profile` stands beside it."""

LONGEST_METADATA = 32_000
"""Characters of dispatch metadata that are written at most, half of what the job reads."""

LONGEST_META_BYTES = 24_000
"""Bytes of `meta` at most, as JSON: what is left of the metadata is for the rest of an order."""


class InvalidOrder(ValueError):
    """The order asks for an outbound call that cannot be made; one line."""


class DialOrder(Settings):
    """One outbound call. Times are in seconds."""

    attempt: str = Field(max_length=40, description="Id of the attempt in the records database.")
    to: str = Field(description="Number to call, E.164.")
    extension: str = Field("", pattern="^[0-9]{0,20}$", description="Digits to dial after the answer.")
    caller_id: str = Field("", description="Number to show, as the trunk has it; empty: the trunk chooses.")
    trunk: str = Field(min_length=1, max_length=100, description="Id of the outbound trunk.")
    ringing_timeout: Annotated[float, Field(ge=1, le=80)] = 30.0
    max_call: Annotated[float, Field(ge=1, le=86_400)] = 1800.0
    machines: MachineSettings = Field(default_factory=MachineSettings)
    meta: dict[str, str] = Field(default_factory=dict, description="What the agent is told about the call.")
    watched: bool = Field(False, description="Whether somebody waits for the outcome and then deletes the room.")

    @field_validator("to")
    @classmethod
    def _callable(cls, number: str) -> str:
        """Return the last guard: whoever writes dispatches by hand still reaches no emergency number."""
        parsed = parse_number(number)
        if parsed.kind in ("emergency", "short"):
            raise ValueError(f"{parsed} is an emergency or short number")
        return parsed.e164


def write_metadata(profile: str, order: DialOrder) -> str:
    """Return the dispatch metadata of an order. Raise InvalidOrder when it is too long, or no text."""
    check_meta(order.meta)
    if not is_text(profile):
        raise InvalidOrder("the name of the profile is not UTF-8 text")
    text = json.dumps(
        {"direction": "outbound", "profile": profile, KEY: order.model_dump(mode="json")}, ensure_ascii=False
    )
    if len(text) > LONGEST_METADATA:
        raise InvalidOrder(f"the call's metadata has {len(text)} characters, at most {LONGEST_METADATA} are possible")
    return text


def check_meta(meta: Mapping[str, str]) -> None:
    """Raise InvalidOrder for what no call can be told: too much, or what is no text."""
    text = json.dumps(dict(meta), ensure_ascii=False)
    if not is_text(text):
        raise InvalidOrder("what the agent is told about the call is not UTF-8 text")
    if (size := len(text.encode())) > LONGEST_META_BYTES:
        raise InvalidOrder(
            f"what the agent is told about the call has {size} bytes as JSON, at most {LONGEST_META_BYTES} are possible"
        )


def is_text(text: str) -> bool:
    """Tell whether it can be sent: what a shell gives for bytes that are not UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_order(metadata: str) -> DialOrder | None:
    """Return the order in dispatch metadata; None when there is none, as for every inbound call.

    Raises:
        InvalidOrder: there is one, and something is wrong with it.
    """
    if f'"{KEY}"' not in metadata:
        return None
    try:
        data: Any = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    order = data.get(KEY) if isinstance(data, dict) else None
    if order is None:
        return None
    try:
        return DialOrder.model_validate(order)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or KEY
        raise InvalidOrder(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None
