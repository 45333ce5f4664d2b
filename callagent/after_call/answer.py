"""What a model has answered, held against what it was asked for."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

from callagent.profile.after_call_settings import AfterCallSettings
from callagent.sanitise import shortened

MOST_TOLD: Final = 5
"""Mistakes that are told at once."""

LONGEST_TOLD: Final = 300
"""Characters of one of them."""

LONGEST_ANSWER: Final = 200_000
"""Characters of an answer that are looked at."""


class WrongAnswer(ValueError):
    """An answer is not what was asked for.

    Args:
        flaws: by place and rule, without a value: what was said stays out of logs and records.
        for_the_model: the same with the values, one line each.
    """

    def __init__(self, flaws: list[str], for_the_model: list[str]) -> None:
        super().__init__("the model's answer does not fit: " + "; ".join(flaws[:MOST_TOLD]))
        self.for_the_model = "\n".join(f"- {shortened(each, LONGEST_TOLD)}" for each in for_the_model[:MOST_TOLD])


@dataclass(frozen=True)
class Findings:
    """What was found out about a call.

    Attributes:
        pii_score: by question, `score` from 0 to 10 and `why`.
    """

    pii_summary: str = field(default="", repr=False)
    pii_fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    pii_score: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def score(self) -> float | None:
        """The mean over all questions; None where there was none."""
        marks = [each["score"] for each in self.pii_score.values()]
        return round(sum(marks) / len(marks), 2) if marks else None


def findings_in(text: str, settings: AfterCallSettings) -> Findings:
    """Return what an answer says.

    Raises:
        WrongAnswer: it is not what was asked for.
    """
    answer = _object(text)
    if settings.fields != {} and isinstance(answer.get("fields"), dict):
        answer["fields"] = _without_nulls(answer["fields"], settings.fields_schema)
    errors = [*_errors(answer, settings.answer_schema, ())]
    if settings.fields != {} and isinstance(answer.get("fields"), dict):
        errors += _errors(answer["fields"], settings.fields_schema, ("fields",))
    if errors:
        raise WrongAnswer([each for each, _ in errors], [each for _, each in errors])
    return Findings(answer.get("summary", "").strip(), answer.get("fields", {}), answer.get("score", {}))


def _object(text: str) -> dict[str, Any]:
    """Return the object in an answer, around which a model may put words or a code fence in spite of all."""
    start = text[:LONGEST_ANSWER].find("{")
    if start < 0:
        raise WrongAnswer(["it has no JSON object"], ["there is no JSON object in it"])
    try:
        found, _ = json.JSONDecoder(parse_constant=_no_number).raw_decode(text[:LONGEST_ANSWER], start)
    except (ValueError, RecursionError) as error:
        raise WrongAnswer(["it is not JSON"], [f"it is not JSON: {error}"]) from None
    assert isinstance(found, dict)
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _without_nulls(fields: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields without those that may be left out and are null, which means the same to a model."""
    required = schema.get("required", ())
    known = schema.get("properties", {})
    validator = Draft202012Validator(dict(schema), registry=Registry())

    def is_left_out(name: str, value: object) -> bool:
        return value is None and name not in required and name in known and not _takes_null(validator, known[name])

    return {name: value for name, value in fields.items() if not is_left_out(name, value)}


def _takes_null(validator: Draft202012Validator, schema: Any) -> bool:
    return validator.evolve(schema=schema).is_valid(None)


def _errors(value: Any, schema: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield what does not fit: without its value, and with it."""
    validator = Draft202012Validator(dict(schema), registry=Registry())
    for error in sorted(validator.iter_errors(value), key=lambda each: [str(part) for part in each.path]):
        place = ".".join([*at, *map(str, error.absolute_path)]) or "the answer"
        yield f"{place}: {_rule(error)}", f"{place}: {error.message}"


def _rule(error: ValidationError) -> str:
    match error.validator:
        case "required":
            wanted = error.validator_value if isinstance(error.validator_value, list) else []
            given = error.instance if isinstance(error.instance, dict) else {}
            missing = [str(name) for name in wanted if name not in given]
            return f"{', '.join(missing)} is missing" if missing else "something is missing"
        case "type":
            return f"is no {error.validator_value}"
        case "additionalProperties":
            return "has keys that were not asked for"
    return f"does not meet `{error.validator}`"
