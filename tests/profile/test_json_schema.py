import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from callagent.profile import profile_schema
from callagent.yaml_config import load_yaml, parse_yaml

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "configs" / "schema" / "profile.schema.json"


def errors(data: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(profile_schema()).iter_errors(data)]


def test_the_committed_schema_is_that_of_the_model() -> None:
    committed = COMMITTED.read_text(encoding="utf-8")
    assert json.loads(committed) == profile_schema(), (
        "run: callagent profile schema > configs/schema/profile.schema.json"
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(profile_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "profiles").rglob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_profiles_fit_the_schema(path: Path) -> None:
    assert errors(load_yaml(path).data) == []


@pytest.mark.parametrize(
    "text",
    [
        "providers: cloud",
        "providers: {stt: deepgram, llm: {use: openai, model: m}}",
        "interruption: {grace: 1.5 s}",
        "tools: {hang_up: }",
    ],
)
def test_what_the_loader_accepts_the_schema_accepts(text: str) -> None:
    assert errors(parse_yaml(text, "f").data) == []


@pytest.mark.parametrize(
    "text",
    ["greting: x", "interruption: {grace: 350}", "providers: clowd", "replies: [{say: x}]", "vad: {sample_rate: 9}"],
)
def test_what_the_loader_refuses_the_schema_refuses(text: str) -> None:
    assert errors(parse_yaml(text, "f").data) != []


def test_every_setting_is_described() -> None:
    schema = profile_schema()
    models = [schema, *schema["$defs"].values()]
    properties = [(name, field) for model in models for name, field in model.get("properties", {}).items()]
    assert [name for name, field in properties if "description" not in field and "$ref" not in field] == []


def test_defaults_and_limits_are_shown_with_their_unit() -> None:
    grace = profile_schema()["$defs"]["InterruptionSettings"]["properties"]["grace"]
    assert grace["default"] == "350 ms"
    assert grace["description"].endswith("Must be between 50 ms and 3 s.")
