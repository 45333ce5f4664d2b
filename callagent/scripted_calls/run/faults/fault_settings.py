"""How a script says what goes wrong."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, model_validator

from callagent.yaml_config import Duration, Settings
from callagent.yaml_config.units import written

Then = Literal["works", "fails", "times out"]


def _word_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"enum": ["fails", "times out"]}, mapping]


class Fault(Settings):
    """Something that goes wrong: `fails`, `times out`, or a mapping that says when and how often.

    The three parts go together: after `delay` it does what `then` says, `times` times, the first `skip` uses left out.
    """

    model_config = ConfigDict(json_schema_extra=_word_or_mapping)

    delay: Duration = written("0 s", "How long nothing comes.")
    then: Then = Field("works", description="What happens after that; `times out` gives up after `delay`, or 10 s.")
    skip: int = Field(0, ge=0, le=1000, description="How many uses go well before the first one that does not.")
    times: int | None = Field(None, ge=1, le=1000, description="How many uses go wrong; left out, all of them.")

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return {"then": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _does_something(self) -> "Fault":
        if self.then == "works" and not self.delay:
            raise ValueError("changes nothing; write `fails`, `times out` or {delay: 5 s}")
        return self


class Faults(Settings):
    """What goes wrong, part by part."""

    stt: Fault | None = Field(None, description="The speech recogniser; a use is a connection to it.")
    llm: Fault | None = Field(None, description="The model; a use is a request, and a failed one is tried again.")
    tts: Fault | None = Field(None, description="The voice; a use is a sentence, and a failed one is tried again.")
    transfer: Fault | None = Field(None, description="Transfers by the telephone network; `fails` is a refusal.")
    tool: dict[str, Fault] = Field(default_factory=dict, description="Tools of the agent, by name.")

    def __bool__(self) -> bool:
        """Tell whether anything goes wrong at all."""
        return bool(self.stt or self.llm or self.tts or self.transfer or self.tool)
