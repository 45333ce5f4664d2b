"""`recording` of a profile: its short form, and what a recording with consent needs."""

from typing import Any

import pytest

from callagent.profile import Profile, load_profile
from callagent.yaml_config import ConfigError, Document, validate

BASE = load_profile("en-US", env={}).model_dump(mode="json", by_alias=True, exclude_none=True)


def a_profile(recording: Any, **fields: Any) -> Profile:
    return validate(Profile, Document.of({**BASE, "recording": recording, **fields}, "test"))


NOTICE = {"compliance": {"disclosures": {"recording": "on"}}}


@pytest.mark.parametrize(
    ("written", "mode"),
    [(True, "on"), (False, "off"), ("on", "on"), ("off", "off"), ({"mode": True}, "on"), ({}, "off")],
)
def test_a_mode_alone_is_enough(written: Any, mode: str) -> None:
    recording = a_profile(written).recording
    assert (recording.mode, recording.format, recording.sample_rate) == (mode, "opus", 16000)
    assert recording.pauses == ("card", "keys")


def test_calls_are_not_recorded_unless_a_profile_says_so() -> None:
    assert load_profile("en-US", env={}).recording.mode == "off"


@pytest.mark.parametrize("written", ["on consent", {"mode": "on consent"}])
def test_consent_is_given_to_a_notice_or_to_a_question(written: Any) -> None:
    with pytest.raises(ConfigError, match=r"recording\.mode: waits for compliance\.disclosures\.recording"):
        a_profile(written)
    assert a_profile(written, **NOTICE).recording.mode == "on consent"
    assert a_profile({"mode": "on consent", "consent": "agreement"}).recording.consent == "agreement"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("of", "recording: must be 'off', 'on' or 'on consent'; did you mean 'off'?"),
        ({"mode": "on", "format": "mp3"}, "recording.format"),
        ({"mode": "on", "sample_rate": 44100}, "recording.sample_rate"),
        ({"mode": "on", "pauses": ["cards"]}, "recording.pauses"),
        ({"mod": "on"}, "recording.mod"),
        (7, "recording"),
    ],
)
def test_anything_else_is_refused_where_it_stands(written: Any, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        a_profile(written)
    assert told in str(raised.value)
