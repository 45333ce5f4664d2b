"""What a caller gets when providers fail for good, or something in the call hangs."""

from typing import Annotated

from pydantic import Field, field_validator

from callagent.profile.sections.call_settings import Destination
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings


class OutageSettings(Settings):
    """What a caller gets when a provider, or a whole chain of them, has failed for good, or something hangs.

    Without any of it they hear `phrases.trouble`, and the call ends.
    """

    transfer: str | None = Field(
        None,
        description="Where the caller is transferred to then (REFER): a number in E.164, a tel: or sip: URI; "
        "`phrases.transferring` announces it. Where nobody takes them, it goes on as without.",
    )
    call_back: bool = Field(
        False,
        description="Whether they are told that somebody calls them back (`phrases.call_back`), which is kept with the "
        "call and counted.",
    )
    filler_after: Annotated[Duration, DURATION.within("1 s", "30 s")] | None = written(
        "2500 ms",
        "Silence before an answer after which a filler is said, of `fillers`, or else `phrases.one_moment`; it is made "
        "ahead, so that it is heard without the voice. none: nothing is.",
    )
    hangs_after: Annotated[Duration, DURATION.within("5 s", "10 min")] | None = written(
        "20 s",
        "Time without a sound of the agent, while one is due, after which what hangs counts as failed. Tools have the "
        "longest of their time limits besides. none: it is waited for.",
    )

    @field_validator("transfer")
    @classmethod
    def _can_be_dialled(cls, transfer: str | None) -> str | None:
        if transfer is not None and not Destination(to=transfer).is_referable:
            raise ValueError("has keys behind it, which a transfer (REFER) cannot press")
        return transfer
