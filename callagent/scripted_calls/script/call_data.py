"""What is known of a scripted call besides its talk: the numbers, and what the network and the dispatch say."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field, field_validator

from callagent.call_context import CallContext
from callagent.sanitise import json_text
from callagent.telephony import Direction, read_context
from callagent.telephony.context import HEADER_PREFIX, RESERVED
from callagent.yaml_config import Flaw, FlawsError, Settings

CALLER_NUMBER = "+12025550123"
DIALLED_NUMBER = "+12025550100"
"""Numbers that nobody has: 555-01xx is kept for fiction."""


class ContextPart(Settings):
    """What the agent finds in `call.context`, and its texts as `{caller.number}`."""

    number: str = Field(
        CALLER_NUMBER,
        max_length=100,
        description="The other party's number as the network sends it; `anonymous`: withheld.",
    )
    own_number: str = Field(DIALLED_NUMBER, max_length=100, description="Our number of the call.")
    headers: dict[str, str] = Field(default_factory=dict, description="SIP headers that the trunk passes on.")
    attributes: dict[str, str] = Field(
        default_factory=dict, description="Attributes of the dispatch rule, or what `callagent dial --meta` tells."
    )
    metadata: dict[str, Any] = Field(default_factory=dict, description="Metadata of the dispatch.")

    @field_validator("attributes")
    @classmethod
    def _are_not_reserved(cls, attributes: dict[str, str]) -> dict[str, str]:
        flaws = [
            Flaw((name,), f"is LiveKit's to set: {', '.join(RESERVED)} begin no attribute of a rule")
            for name in attributes
            if name.startswith(RESERVED)
        ]
        if flaws:
            raise FlawsError(*flaws)
        return attributes

    @property
    def of_participant(self) -> Mapping[str, str]:
        """The attributes that the other party has in a room."""
        return {
            **self.attributes,
            **{f"{HEADER_PREFIX}{name}": value for name, value in self.headers.items()},
            "sip.phoneNumber": self.number,
            "sip.trunkPhoneNumber": self.own_number,
            "sip.trunkID": "ST_scripted",
        }

    def read(self, direction: Direction) -> CallContext:
        """Return the context of a call whose agent is in this process."""
        context = read_context(
            self.of_participant,
            json_text(self.metadata) if self.metadata else "",
            identity=f"sip_{self.number}",
            own_numbers=[self.own_number],
        )
        return replace(context, direction=direction)
