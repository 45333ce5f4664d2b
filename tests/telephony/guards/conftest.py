from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from callagent.phone_numbers.number import parse_number
from callagent.profile import DialSettings
from callagent.telephony.guards import Proposal
from callagent.telephony.trunk_numbers import caller_id

MONDAY_NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Noon in New York, 9:00 in Los Angeles."""

Propose = Callable[..., Proposal]


@pytest.fixture
def propose() -> Propose:
    def build(
        number: str = "+12025550123", caller: str | None = "+12025550100", now: datetime = MONDAY_NOON, **given: Any
    ) -> Proposal:
        names = ("attempts", "do_not_call", "max_call", "trunk_numbers", "region")
        fields: dict[str, Any] = {name: given.pop(name) for name in names if name in given}
        settings = DialSettings.model_validate(given)
        shown = caller_id(caller) if caller else None
        return Proposal(parse_number(number, "US"), settings, now, shown, **fields)

    return build
