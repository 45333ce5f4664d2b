"""`compliance` of a profile: short forms, what is inherited, what is refused, and the texts of every locale."""

from pathlib import Path
from typing import Any

import pytest

from callagent.profile import ComplianceSettings, check_profile, list_profiles, load_profile
from callagent.yaml_config import ConfigError

LOCALES = ["de-DE", "en-GB", "en-US", "es-ES", "es-MX", "fr-FR", "hi-IN", "it-IT", "ja-JP", "pt-BR"]


def settings(**fields: Any) -> ComplianceSettings:
    return ComplianceSettings.model_validate(fields)


def write(directory: Path, text: str, name: str = "own.yaml") -> Path:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_disclosure_may_be_its_text_alone_or_that_of_the_language() -> None:
    found = settings(disclosures={"ai": True, "recording": "on", "company": "This is Harbour Dental.", "opt_out": {}})
    texts = [found.text_of(name) for name in found.disclosures]
    assert texts[:3] == [
        "You are speaking with an automated assistant.",
        "This call is recorded.",
        "This is Harbour Dental.",
    ]
    assert found.disclosures["ai"].within == 10.0 and found.disclosures["ai"].uninterruptible


def test_they_are_due_in_an_order_that_inheritance_does_not_change() -> None:
    mine = {"opt_out": True, "mine": "Mine.", "ai": True, "company": {"text": "We.", "directions": ["outbound"]}}
    found = settings(disclosures=mine)
    assert list(found.due("outbound")) == ["company", "ai", "mine", "opt_out"]
    assert list(found.due("inbound")) == ["ai", "mine", "opt_out"]


def test_a_message_that_is_left_has_its_own() -> None:
    found = settings(disclosures={"ai": True, "recording": {"voicemail": False}})
    assert list(found.due("outbound", voicemail=True)) == ["ai"]


@pytest.mark.parametrize("off", [False, "off"])
def test_off_removes_one_or_all(off: Any) -> None:
    assert list(settings(disclosures={"ai": off, "recording": True}).disclosures) == ["recording"]
    assert settings(disclosures=off).disclosures == {}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{disclosures: {company: on}}", ":4: compliance.disclosures.company: needs its text"),
        ("{disclosures: {recordings: on}}", "did you mean 'recording'?"),
        ("{disclosures: {Ai: on}}", "small letters"),
        ("{disclosures: {ai: {withn: 1 s}}}", "compliance.disclosures.ai.withn: unknown key; did you mean 'within'?"),
        ("{disclosures: {ai: {within: 10}}}", "needs its unit"),
        ("{disclosures: {ai: {directions: [inbond]}}}", "did you mean 'inbound'?"),
        ("{disclosures: {ai: '{caller.nmber}'}}", "caller.nmber"),
        ("{opt_out: {key: 12}}", "compliance.opt_out.key: "),
        ("{opt_out: {phrases: ['/(/']}}", "is not a regular expression"),
        ("{opt_out: {honoured: true, phrases: []}}", "compliance.opt_out.phrases: is missing"),
    ],
)
def test_what_cannot_be_is_one_line_with_its_place(tmp_path: Path, written: str, problem: str) -> None:
    path = write(tmp_path, f"extends: locales/en-US\ngreeting: Hello.\ninstructions: Talk.\ncompliance: {written}\n")
    with pytest.raises(ConfigError) as raised:
        load_profile(path, env={})
    assert problem in str(raised.value) and "own.yaml:4" in str(raised.value)


def test_a_key_need_not_be_quoted_and_alone_is_enough() -> None:
    assert settings(opt_out={"honoured": True, "key": 9}).opt_out.key == "9"
    with pytest.raises(ValueError, match="is missing"):
        settings(opt_out={"honoured": True})


def test_what_is_added_to_an_inherited_one_keeps_the_rest_of_it(tmp_path: Path) -> None:
    write(
        tmp_path, "extends: locales/en-US\ncompliance: {disclosures: {company: This is us., ai: on}}\n", "base-one.yaml"
    )
    path = write(tmp_path, "extends: base-one\ncompliance: {disclosures: {company: {within: 5 s}, ai: off}}\n")
    found = load_profile(path, env={}).compliance
    assert list(found.disclosures) == ["company"]
    assert (found.text_of("company"), found.disclosures["company"].within) == ("This is us.", 5.0)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_texts_and_phrases_of_its_own(locale: str) -> None:
    found, english = load_profile(locale, env={}).compliance, ComplianceSettings()
    assert len(found.opt_out.phrases) > 40
    if not locale.startswith("en"):
        for kind in ("ai", "recording", "opt_out"):
            assert found.texts.of(kind) != english.texts.of(kind)
        assert found.opt_out.confirmed != english.opt_out.confirmed
        assert found.opt_out.not_listed != english.opt_out.not_listed


@pytest.mark.parametrize("rules", ["compliance-us", "compliance-eu"])
@pytest.mark.parametrize("locale", ["en-US", "de-DE", "ja-JP"])
def test_the_shipped_rules_are_laid_over_a_language(tmp_path: Path, rules: str, locale: str) -> None:
    path = write(
        tmp_path,
        f"extends: [locales/{locale}, {rules}]\ncompliance: {{disclosures: {{company: This is us.}}}}\n",
    )
    profile = load_profile(path, env={})
    assert profile.language == locale and profile.compliance.opt_out.honoured
    assert list(profile.compliance.due("outbound")) == ["company", "ai", "recording", "opt_out"]
    assert list(profile.compliance.due("inbound")) == ["company", "ai", "recording"]
    assert profile.compliance.texts == load_profile(locale, env={}).compliance.texts


@pytest.mark.parametrize("rules", ["compliance-us", "compliance-eu"])
def test_the_shipped_rules_say_that_they_are_no_legal_advice(rules: str) -> None:
    assert check_profile(rules) is None  # there only to be extended
    (summary,) = (each for each in list_profiles() if each.name == rules)
    assert "no legal advice" in summary.description


def test_of_several_that_are_extended_each_is_laid_over_those_before(tmp_path: Path) -> None:
    write(tmp_path, "abstract: true\nendpointing: {min_delay: 1 s, max_delay: 3 s}\n", "first.yaml")
    write(tmp_path, "abstract: true\ndescription: Second.\nendpointing: {min_delay: 500 ms}\n", "second.yaml")
    path = write(tmp_path, "extends: [locales/en-US, first, second.yaml]\ngreeting: Hello.\n")
    profile = load_profile(path, env={})
    assert (profile.endpointing.min_delay, profile.endpointing.max_delay) == (0.5, 3.0)
    assert profile.description == "" and not profile.abstract


@pytest.mark.parametrize(
    ("extends", "problem"),
    [
        (
            "[locales/en-US, compliance-uk]",
            "extends[1]: unknown profile 'compliance-uk'; did you mean 'compliance-us'?",
        ),
        ("[locales/en-US, ./own.yaml]", "extends[1]: goes round in a circle: own -> own"),
        ("[locales/en-US, 7]", "extends[1]: needs the name or the path of a profile"),
        ("[]", "extends: needs the name or the path of a profile"),
    ],
)
def test_what_cannot_be_extended_is_told_with_its_place(tmp_path: Path, extends: str, problem: str) -> None:
    path = write(tmp_path, f"extends: {extends}\ngreeting: Hello.\n")
    with pytest.raises(ConfigError) as raised:
        load_profile(path, env={})
    assert f"own.yaml:1: {problem}" in str(raised.value)
