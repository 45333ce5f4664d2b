import importlib
import inspect
import pkgutil
from typing import Any

import pytest
from pydantic import TypeAdapter

from callagent.scripted_calls.script.call_script import call_schema
from callagent.scripted_calls.script.steps import expectations
from callagent.scripted_calls.script.steps.base import Never, Step
from callagent.scripted_calls.script.steps.registry import (
    EXPECTATIONS,
    HAPPENINGS,
    NEVER_FORMS,
    STEPS,
    VERBS,
    AnyStep,
    mapping_of,
    name_of,
)

STEP: TypeAdapter[Step] = TypeAdapter(AnyStep)


def forms(kind: type) -> set[type]:
    """The forms that the modules of the expectations define."""
    modules = [
        importlib.import_module(f"{expectations.__name__}.{m.name}")
        for m in pkgutil.iter_modules(expectations.__path__)
    ]
    classes = [each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)]
    return {each for each in classes if issubclass(each, kind) and each.__module__.startswith(expectations.__name__)}


def test_every_expectation_that_has_a_module_is_registered() -> None:
    assert forms(Step) <= set(STEPS)
    assert forms(Never) <= set(NEVER_FORMS)


def test_every_form_is_told_from_the_others() -> None:
    assert len(VERBS) + len(EXPECTATIONS) + len(HAPPENINGS) == len(STEPS)


@pytest.mark.parametrize("form", STEPS, ids=lambda form: form.__name__)
def test_every_form_stands_in_the_schema(form: type[Step]) -> None:
    schema = call_schema()
    assert {"$ref": f"#/$defs/{form.__name__}"} in schema["properties"]["steps"]["items"]["oneOf"]
    assert schema["$defs"][form.__name__]["description"] == inspect.getdoc(form)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ({"agent_says": "hello"}, "AgentSays"),
        ({"caller": "Hello."}, "CallerStep"),
        ({"judge": "It is polite."}, "Judged"),
        ({"expect": "agent says", "with": "hello"}, "Says"),
        ({"expect": "no turn lost"}, "NoTurnLost"),
        ({"expect": {"with": {"day": "friday"}, "tool": "book"}}, "ToolIsCalled"),
        ({"expect": {"of": "agent", "transcript": "hello"}}, "TranscriptHas"),
    ],
    ids=str,
)
def test_a_step_is_read_as_the_form_that_its_keys_name(written: dict[str, Any], form: str) -> None:
    step = STEP.validate_python(written)
    assert type(step).__name__ == form
    assert STEP.validate_python(step) is step


def test_an_expectation_is_named_or_a_mapping() -> None:
    told = {form: (name_of(form), mapping_of(form)) for form in STEPS if "expect" in form.model_fields}
    assert all((name is None) != (mapping is None) for name, mapping in told.values())
