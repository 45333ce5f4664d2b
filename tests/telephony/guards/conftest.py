from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from callagent.profile import DialSettings
from callagent.telephony import parse_number
from callagent.telephony.guards import Proposal

MONDAY_NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Noon in New York, 9:00 in Los Angeles."""

Propose = Callable[..., Proposal]


@pytest.fixture
def propose() -> Propose:
    def build(
        number: str = "+12025550123", caller: str | None = "+12025550100", now: datetime = MONDAY_NOON, **given: Any
    ) -> Proposal:
        fields = {name: given.pop(name) for name in ("attempts", "do_not_call", "max_call") if name in given}
        if "trunk_numbers" in given:
            fields["trunk_numbers"] = given.pop("trunk_numbers")
        settings = DialSettings.model_validate(given)
        return Proposal(parse_number(number, "US"), settings, now, caller and parse_number(caller), **fields)

    return build
