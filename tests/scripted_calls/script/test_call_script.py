import json
from pathlib import Path

import jsonschema
import pytest

from callagent.scripted_calls.script.call_script import call_schema
from callagent.yaml_config import load_yaml

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = ROOT / "configs" / "schema" / "call.schema.json"


def test_the_committed_schema_is_that_of_the_model() -> None:
    committed = COMMITTED.read_text(encoding="utf-8")
    assert json.loads(committed) == call_schema(), "run: callagent call --schema > configs/schema/call.schema.json"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(call_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "calls").rglob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_calls_fit_the_schema(path: Path) -> None:
    errors = jsonschema.Draft202012Validator(call_schema()).iter_errors(load_yaml(path).data)
    assert [error.message for error in errors] == []


@pytest.mark.parametrize(
    "step",
    [
        {"caller": "Okay.", "when": "agent speakin"},
        {"caller": {"dtmf": "x"}},
        {"expect": "agent stops", "within": 600},
        {"agent_say": "Hello"},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(step: object) -> None:
    data = {"call": "A call", "steps": [step]}
    assert list(jsonschema.Draft202012Validator(call_schema()).iter_errors(data))
