"""Expectations about what came of the talk, one model for each form: keys sent, a transfer, the transcript, figures."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from callagent.calls.figures import Bounds
from callagent.phrases import Phrase, check_expression
from callagent.profile import Duration, Settings
from callagent.profile.settings import Text
from callagent.profile.units import DURATION, written

TELEPHONE_KEYS = frozenset("0123456789ABCDabcd*#")

Wait = Annotated[Duration, DURATION.within("1 ms", "10 min")]
"""A duration that is more than nothing."""

Side = Literal["caller", "agent", "anybody"]


def telephone_keys(keys: str) -> str:
    """The keys themselves. Raises ValueError for one that no telephone has."""
    if wrong := next((key for key in keys if key not in TELEPHONE_KEYS), None):
        raise ValueError(f"'{wrong}' is not a key of a telephone (0 to 9, A to D, * and #)")
    return keys


class KeysSent(Settings):
    """Keys that the agent sends."""

    dtmf_sent: Text = Field(
        description="The keys, in the order in which they are sent; in quotes.",
        json_schema_extra={"pattern": "^[0-9A-Da-d*#]+$"},
    )

    @field_validator("dtmf_sent")
    @classmethod
    def _keys_exist(cls, keys: str) -> str:
        return telephone_keys(keys).upper()


class Transfer(Settings):
    """A transfer that the agent asks for."""

    transfer: Text = Field(description="Where to: a number or a sip: URI as it is, or /a regular expression/.")

    @field_validator("transfer")
    @classmethod
    def _findable(cls, to: str) -> str:
        return check_expression(to)


class Transcript(Settings):
    """Words in the conversation as the agent keeps it."""

    transcript: Phrase
    of: Side = Field("anybody", description="Whose words.")


class Figures(Settings):
    """Figures of the interaction panel."""

    panel: Bounds = Field(description="Figures and their bounds, for the whole call.")


class KeysAreSent(Settings):
    """The agent sends keys."""

    expect: KeysSent
    within: Wait = written("5 s", "From the moment that the step is reached.")


class IsTransferred(Settings):
    """The agent asks for a transfer."""

    expect: Transfer
    within: Wait = written("5 s", "From the moment that the step is reached.")


class TranscriptHas(Settings):
    """The conversation as the agent keeps it has these words."""

    expect: Transcript
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")


class PanelHolds(Settings):
    """The panel of the call is within bounds. Judged when the call is over."""

    expect: Figures


class NoTurnLost(Settings):
    """Everything that the caller said to the agent reached its model. Judged when the call is over."""

    expect: Literal["no turn lost"]


class Says(Settings):
    """The agent says something from now on."""

    expect: Literal["agent says"]
    with_: Phrase = Field(alias="with")
    within: Wait = written("5 s", "From the caller's last sample, or the moment that the step is reached.")


class Judged(Settings):
    """An LLM judges the conversation up to here."""

    judge: Text = Field(description="What must be true of the conversation up to the end of the agent's reply.")


Outcome = KeysAreSent | IsTransferred | TranscriptHas | PanelHolds | NoTurnLost | Says | Judged
Hindsight = PanelHolds | NoTurnLost | Judged
"""What can be judged only when the call is over."""
