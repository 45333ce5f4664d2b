"""What a model is asked about a call when it is over: a summary, fields, a score by questions."""

import re
from typing import Annotated, Any, Final

from pydantic import Field, model_validator

from callagent.profile.sections.provider_settings import ProviderSpec
from callagent.profile.sections.tool_parameters import ToolParameters, as_json_schema, either_form
from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings, Text

HIGHEST_SCORE: Final = 10
"""The best answer to a question; 0 is the worst."""

LONGEST_SUMMARY: Final = 4000
"""Characters."""

LONGEST_REASON: Final = 1000
"""Characters of the reason for a score."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


class AfterCallSettings(Settings):
    """What is found out when a call is over, by a model that gets what was said and done in it.

    What `privacy.redact` masks the model does not get. Nothing is asked where neither a summary nor fields nor scores
    are wanted, and about a call in which the other side has said nothing.
    """

    summary: bool | Text = Field(
        False,
        description="Whether there is a summary, or what it shall be: `true`, or `two sentences for the next agent`.",
    )
    fields: ToolParameters = Field(
        default_factory=dict,
        description="What is taken out of the talk: fields by name, as arguments of a tool, or a JSON Schema whose "
        "`type` is `object`.",
        json_schema_extra=either_form,
    )
    score: dict[str, Text] = Field(
        default_factory=dict,
        description="Questions by name, each of which gets 0 to 10 and a reason: `solved: Did the caller get what "
        "they wanted?`",
    )
    instructions: str = Field("", description="What the model is told besides.")
    llm: ProviderSpec | None = Field(
        None, description="The model that is asked, or a chain, as in `providers`; left out: the one of the profile."
    )
    timeout: Annotated[Duration, DURATION.within("5 s", "10 min")] = written("2 min", "How long it may take to answer.")

    @property
    def is_wanted(self) -> bool:
        """Whether anything is asked."""
        return bool(self.summary or self.score or self.fields != {})

    @property
    def fields_schema(self) -> dict[str, Any]:
        """The JSON Schema of the fields, which may refer to places in itself."""
        return as_json_schema(self.fields)

    @property
    def answer_schema(self) -> dict[str, Any]:
        """The JSON Schema of the model's answer, but for what `fields_schema` says of its `fields`."""
        parts: dict[str, Any] = {}
        if self.summary:
            parts["summary"] = {"type": "string", "minLength": 1, "maxLength": LONGEST_SUMMARY}
        if self.fields != {}:
            parts["fields"] = {"type": "object"}
        if self.score:
            mark = {"type": "integer", "minimum": 0, "maximum": HIGHEST_SCORE}
            why = {"type": "string", "maxLength": LONGEST_REASON}
            answer = _whole({"score": mark, "why": why})
            parts["score"] = _whole({name: {**answer, "description": text} for name, text in self.score.items()})
        return _whole(parts)

    @model_validator(mode="after")
    def _questions_have_names(self) -> "AfterCallSettings":
        message = "the name of a question has letters, digits and _, at most 60"
        flaws = [Flaw(("score", name), message) for name in self.score if not _NAME.fullmatch(name)]
        if flaws:
            raise FlawsError(*flaws)
        return self


def _whole(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object that has all of these, and nothing else."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
