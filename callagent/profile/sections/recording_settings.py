"""Settings of the recording of calls: whether, from when on, in which format, and what is left out of it."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator

from callagent.profile.sections.compliance_settings import ComplianceSettings
from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.validation import Settings

RecordingMode = Literal["off", "on", "on consent"]
RecordingFormat = Literal["opus", "wav"]
SampleRate = Literal[8000, 16000]

PauseReason = Literal["card", "keys"]
"""What a recording pauses for by itself: a card is asked for; digits are keyed in."""


NOTICE = "recording"
"""The disclosure that a recording with consent waits for."""


def _mode_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"enum": ["off", "on", "on consent", False, True]}, mapping]


class RecordingSettings(Settings):
    """Whether calls are recorded: the caller left, the agent right. Times in the file are those of the call, with
    silence where nothing is kept. `serve --recordings` says where files go. A mode alone is short for `{mode: …}`.
    """

    model_config = ConfigDict(json_schema_extra=_mode_or_mapping)

    mode: RecordingMode = Field(
        "off",
        description="off; on: from the answer on; on consent: from the moment on that `consent` names, and nothing "
        "before it.",
    )
    consent: Literal["notice", "agreement"] = Field(
        "notice",
        description="What `on consent` waits for. notice: `compliance.disclosures.recording` was heard to its end. "
        "agreement: code of your own calls `Call.start_recording()`.",
    )
    format: RecordingFormat = Field("opus", description="opus: Opus in Ogg, 0.5 MB a minute. wav: 16 bit PCM.")
    sample_rate: SampleRate = Field(16000, description="Samples a second: 8000, as on most telephones, or 16000.")
    pauses: Annotated[tuple[PauseReason, ...], Field(strict=False)] = Field(
        ("card", "keys"),
        description="What it pauses for by itself. card: while an agent asks for a card (`collect: credit_card`, "
        "livekit's tasks for one). keys: while digits are keyed in (`collect_dtmf`, `collect: dtmf`).",
    )

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, value: Any) -> Any:
        return {"mode": value} if isinstance(value, bool | str) else value

    @field_validator("mode", mode="before")
    @classmethod
    def _words_of_yaml(cls, value: object) -> object:
        """`on` and `off` are true and false in YAML 1.1, and to `--set`."""
        return ("on" if value else "off") if isinstance(value, bool) else value


def check_recording(recording: RecordingSettings, compliance: ComplianceSettings) -> None:
    """Raise FlawsError where a recording waits for what nobody says."""
    waits = recording.mode == "on consent" and recording.consent == "notice"
    if waits and NOTICE not in compliance.disclosures:
        message = (
            "waits for compliance.disclosures.recording, which the profile has not: write `recording: on` there, or "
            "`consent: agreement` here"
        )
        raise FlawsError(Flaw(("recording", "mode"), message))
