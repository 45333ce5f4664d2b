"""Tools of the agent: what they do, for how long, and what is said meanwhile."""

import re
import string
from collections.abc import Iterator, Mapping, Set
from typing import Annotated, Any, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from callagent.profile.sections.http_settings import HttpRequest
from callagent.profile.sections.tool_parameters import (
    ToolParameter,
    ToolParameters,
    as_json_schema,
    either_form,
    names_of,
)
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings, Text, Texts


class FillerSettings(Settings):
    """Polite phrases for the time that a tool takes: when the first is said, how often, and how many at most.

    A list is short for `say` alone. Of a tool's own settings those that are not written are the profile's.
    """

    model_config = ConfigDict(json_schema_extra={"type": ["object", "array"], "items": {"type": "string"}})

    say: Texts = Field((), description="The phrases, taken in turn.")
    delay: Annotated[Duration, DURATION.within("0 ms", "1 min")] = written(
        "1 s", "Silence during a tool call after which the first is said; a shorter wait needs none."
    )
    interval: Annotated[Duration, DURATION.within("500 ms", "10 min")] = written("8 s", "Time between two of them.")
    most: int = Field(3, ge=0, le=100, description="How many are said during one tool call, at most.")

    @model_validator(mode="before")
    @classmethod
    def _list_is_what_to_say(cls, value: Any) -> Any:
        return {"say": value} if isinstance(value, list | tuple) else value

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> Any:
        fields = {name: value for name, value in handler(self).items() if name in self.model_fields_set}
        return fields["say"] if fields.keys() == {"say"} else fields

    def over(self, other: Self) -> Self:
        """Return these settings, with those of `other` for what is not written here."""
        return other.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


_TO = {"destination": ToolParameter(description="Name of the destination.")}

BUILT_IN_TOOLS: Mapping[str, Mapping[str, ToolParameter]] = {
    "hang_up": {},
    "transfer_call": _TO,
    "warm_transfer": _TO,
    "send_dtmf": {"keys": ToolParameter(description="Keys to press, in order: 0 to 9, *, # and A to D.")},
    "collect_dtmf": {
        "prompt": ToolParameter(description="What to ask the caller to key in, as one spoken sentence."),
        "count": ToolParameter(type="integer", description="How many keys at most; # ends the entry earlier."),
    },
    "do_not_call": {},
    "hold_call": {},
}
"""Tools that callagent brings along, with their parameters; a profile switches one on by naming it."""

TRANSFERS = frozenset({"transfer_call", "warm_transfer"})
"""Built-in tools that need destinations."""


_TARGET = r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$"


def _object_null_or_off(schema: dict[str, Any]) -> None:
    """Let a built-in tool have nothing below its name, and an inherited one be switched off."""
    del schema["type"]
    schema["anyOf"] = [{"type": ["object", "null"]}, {"enum": [False, "off"]}]


class ToolMock(Settings):
    """What happens when the agent calls a tool, whose own code does not run; its limits and sentences stay in force."""

    returns: Any = Field(
        None, description="Its result: text, in which {name} stands for an argument, or a value; left out, `done`."
    )
    raises: Text | None = Field(None, description="It fails, with this message, which neither LLM nor caller is told.")
    delay: Annotated[Duration, DURATION.within("0 ms", "1 h")] = written("0 s", "How long it takes before that.")

    @model_validator(mode="after")
    def _does_one_thing(self) -> "ToolMock":
        if not self.model_fields_set:
            raise ValueError("needs `returns`, `raises` or `delay`")
        if self.raises is not None and "returns" in self.model_fields_set:
            raise ValueError("either returns something or raises; leave one out")
        return self


class ToolSpec(Settings):
    """A tool: built in (nothing but its name), a Python function, a request, or a fixed text as the result."""

    model_config = ConfigDict(json_schema_extra=_object_null_or_off)

    description: str = Field("", description="What the tool does and when to call it, for the LLM.")
    parameters: ToolParameters = Field(
        default_factory=dict,
        json_schema_extra=either_form,
        description="Arguments by name; or a JSON Schema of them all, with `type: object`.",
    )
    run: str | None = Field(
        None,
        json_schema_extra={"pattern": _TARGET},
        description="Function to call, as package.module:function; it gets the arguments by name. Without a "
        "`description` beside it: livekit's function tool, toolset, a list of them, or a function that gives such. The "
        "module is looked for beside the profile, in the working directory and among what is installed.",
    )
    http: HttpRequest | None = Field(None, description="A request to a web server; its answer is the result.")
    returns: str = Field("", description="The result as text; {name} stands for an argument.")
    timeout: Annotated[Duration, DURATION.within("100 ms", "10 min")] = written(
        "20 s", "How long the function may take. Then the LLM is told that there is no result, and the call goes on."
    )
    confirm: bool = Field(
        False,
        description="Do it only when the LLM asks for it a second time with the same arguments, after the caller has "
        "said something: the first time it is told to say what it is about to do, and to ask.",
    )
    fillers: FillerSettings | None = Field(None, description="Fillers of this tool where they are not the profile's.")
    idempotent: bool = Field(
        False, description="Calling it twice with the same arguments does no more than calling it once."
    )
    retries: int = Field(
        0,
        ge=0,
        le=5,
        description="Tries after the first one, when it raises or takes too long; needs `idempotent: true`.",
    )
    on_error: str = Field(
        "",
        max_length=500,
        description="What the caller hears, word for word, when it fails or takes too long; left out: what the LLM "
        "makes of being told so.",
    )
    interruptible: bool = Field(
        True, description="`false`: while it runs, the caller's words stop neither the agent nor the tool."
    )
    background: bool = Field(
        False,
        description="The conversation goes on while it runs, also with another agent; its result is told when it is "
        "there. The LLM may cancel it, and the end of the call does, unless it is not `interruptible`.",
    )
    on_duplicate: Literal["allow", "reject", "replace", "confirm"] | None = Field(
        None,
        description="A call while one of the same tool is still running: `allow` it, as without this key, `reject` it, "
        "`replace` the running one, or `confirm` with the caller first.",
    )

    @field_validator("run")
    @classmethod
    def _target_names_a_function(cls, run: str | None) -> str | None:
        if run is not None and not re.match(_TARGET, run):
            raise ValueError("must be module:function, for example shop:order or package.module:function")
        return run

    @field_validator("parameters", mode="before")
    @classmethod
    def _names_are_identifiers(cls, value: Any) -> Any:
        by_name = isinstance(value, dict) and not isinstance(value.get("type"), str)
        wrong = [name for name in value if not str(name).isidentifier()] if by_name else []
        if wrong:
            raise FlawsError(*(Flaw((name,), "is not a name (letters, digits and _)") for name in wrong))
        return value

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_all_defaults(cls, value: Any) -> Any:
        if isinstance(value, str | bool):
            raise ValueError("needs a mapping (key: value), or `off` for an inherited tool that is to go")
        return {} if value is None else value

    @model_validator(mode="after")
    def _fields_are_parameters(self) -> "ToolSpec":
        for field in _fields(self.returns):
            if field not in names_of(self.parameters):
                message = f"{{{field}}} is not a parameter of the tool"
                raise FlawsError(Flaw(("returns",), message, nearest(field, names_of(self.parameters))))
        return self

    @property
    def changed(self) -> Set[str]:
        """The keys that have another value than they have when they are left out."""
        plain = ToolSpec()
        return {key for key in type(self).model_fields if getattr(self, key) != getattr(plain, key)}

    @property
    def brings_tools(self) -> bool:
        """Whether what `run` names says itself what it is: livekit's tools, or a function that gives them."""
        return self.run is not None and not self.description

    @property
    def takes(self) -> Mapping[str, bool] | None:
        """The arguments by name, and whether they must be given; None where `run` has to be imported to know."""
        return None if self.brings_tools else names_of(self.parameters)

    @property
    def json_schema(self) -> dict[str, Any]:
        """The arguments as one JSON Schema."""
        return as_json_schema(self.parameters)


def check_tools(tools: Mapping[str, ToolSpec]) -> None:
    """Raise FlawsError for tools that could not run, paths being relative to ``tools``."""
    flaws: list[Flaw] = []
    for name, tool in tools.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
            flaws.append(Flaw((name,), "the name of a tool has small letters, digits and _, at most 64"))
        elif name in BUILT_IN_TOOLS:
            if tool != ToolSpec(confirm=tool.confirm):
                flaws.append(Flaw((name,), "is built in and takes no settings but `confirm`"))
        elif bool(tool.run) + bool(tool.returns) + bool(tool.http) != 1:
            message = "needs exactly one of `run`, `http` and `returns`"
            flaws.append(Flaw((name,), message, nearest(name, BUILT_IN_TOOLS)))
        elif not tool.description and (not tool.run or tool.parameters):
            flaws.append(Flaw((name, "description"), "is missing: the LLM cannot know when to call the tool"))
        flaws += [Flaw((name, *flaw.path), flaw.message, flaw.nearest) for flaw in _contradictions(tool)]
    if flaws:
        raise FlawsError(*flaws)


def _contradictions(tool: ToolSpec) -> Iterator[Flaw]:
    if tool.http is not None:
        for flaw in tool.http.flaws_with(names_of(tool.parameters)):
            yield Flaw(("http", *flaw.path), flaw.message, flaw.nearest)
    if tool.retries and not tool.idempotent:
        message = "needs `idempotent: true`: a tool that is tried again may do twice what it does"
        yield Flaw(("retries",), message)
    if tool.on_duplicate == "replace" and not tool.interruptible:
        yield Flaw(
            ("on_duplicate",), "cannot be `replace` for a tool that is not `interruptible`: it is never cancelled"
        )


def _fields(template: str) -> list[str]:
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError as error:
        raise FlawsError(Flaw(("returns",), f"is not a template: {error}; write {{{{ for a brace")) from error
    names = [(name, spec, conversion) for _, name, spec, conversion in parts if name is not None]
    if any(not name.isidentifier() or spec or conversion for name, spec, conversion in names):
        raise FlawsError(Flaw(("returns",), "may only hold plain fields such as {day}"))
    return [name for name, _, _ in names]
