"""Which speech recogniser, voice, model and voice-activity detector a profile uses."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import ConfigDict, Field, model_serializer, model_validator

from callagent.sanitise import masked
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.units import DURATION, Duration
from callagent.yaml_config.validation import Settings, Text

SHORTHANDS: dict[str, dict[str, str]] = {
    "local": {"stt": "local", "tts": "local", "llm": "script", "vad": "silero"},
    "cloud": {"stt": "deepgram", "tts": "cartesia", "llm": "openai", "vad": "silero"},
}
"""``providers: local`` and ``providers: cloud``, part by part."""


def _name_or_mapping(schema: dict[str, Any]) -> None:
    properties = schema.pop("properties")
    mapping = {"type": "object", "properties": {"use": properties["use"]}, "additionalProperties": True}
    del schema["type"], schema["additionalProperties"]
    member = [{"type": "string"}, {**mapping, "required": ["use"]}]
    chain = {"type": "array", "minItems": 1, "items": {"anyOf": member}}
    schema["anyOf"] = [{"type": "string"}, mapping, chain]


def _shorthand_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"enum": list(SHORTHANDS)}, mapping]


class ProviderSpec(Settings):
    """One provider: its name alone, or a mapping of ``use`` and the provider's own options; a list is a chain of them,
    of which each is used where those before it fail.
    """

    model_config = ConfigDict(json_schema_extra=_name_or_mapping)

    use: Text = Field(
        description="Name of the provider, of a livekit plugin that is installed, or `module:function` of one's own."
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="The provider's own options; in YAML they stand beside `use`. ${NAME} reads the environment.",
    )
    fallbacks: tuple["ProviderSpec", ...] = Field((), description="The providers after it, where a list is written.")

    @property
    def members(self) -> "tuple[ProviderSpec, ...]":
        """The providers of the chain, each by itself; the first is this one."""
        return (self.model_copy(update={"fallbacks": ()}), *self.fallbacks)

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"use": value}
        if isinstance(value, list):
            return _chain(value)
        if not isinstance(value, dict) or isinstance(value.get("options"), dict):
            return value
        named = {key: value[key] for key in ("use",) if key in value}
        return named | {"options": {key: inner for key, inner in value.items() if key != "use"}}

    @model_serializer
    def _flat(self) -> dict[str, Any] | list[dict[str, Any]]:
        flat = [{"use": each.use, **each.options} for each in (self, *self.fallbacks)]
        return flat if self.fallbacks else flat[0]

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return arguments of the repr, secrets masked."""
        chain = [("fallbacks", self.fallbacks)] if self.fallbacks else []
        return [("use", self.use), ("options", masked(self.options)), *chain]


def _chain(items: list[Any]) -> dict[str, Any]:
    """Return the first provider of a list, with the others as its fallbacks."""
    if not items:
        raise FlawsError(Flaw((), "names no provider"))
    flaws: list[Flaw] = []
    members: list[ProviderSpec] = []
    for index, item in enumerate(items):
        use = item.get("use") if isinstance(item, dict) else item
        if not isinstance(item, dict | str) or not isinstance(use, str) or not use.strip():
            flaws.append(Flaw((index,), "needs the name of a provider, or a mapping with `use`"))
        else:
            members.append(ProviderSpec.model_validate(item))
    if flaws:
        raise FlawsError(*flaws)
    first, *others = members
    return {"use": first.use, "options": first.options, "fallbacks": tuple(others)}


ByName = dict[str, dict[str, Any]]


class ProviderOptions(Settings):
    """Options of providers that are used as soon as a provider is chosen, whoever chooses it."""

    stt: ByName = Field(default_factory=dict, description="Of each speech recogniser, by its name.")
    tts: ByName = Field(default_factory=dict, description="Of each voice, by its name.")
    llm: ByName = Field(default_factory=dict, description="Of each language model, by its name.")
    vad: ByName = Field(default_factory=dict, description="Of each voice activity detector, by its name.")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return arguments of the repr, secrets masked."""
        return [(part, masked(getattr(self, part))) for part in type(self).model_fields]


_Limit = Annotated[Duration, DURATION.within("500 ms", "2 min")]


class ModelSettings(Settings):
    """How the model and the speech providers are asked."""

    max_tool_steps: int = Field(
        3, ge=1, le=50, description="How often in a row the model may call tools before it has to answer the caller."
    )
    preemptive: bool = Field(
        True, description="Whether the model begins its answer before it is sure that the caller has finished."
    )
    timeout: _Limit | None = Field(
        None, description="Longest wait for the model's first words, each try; none: 10 s, and 1.5 s in a chain."
    )
    stt_timeout: _Limit | None = Field(
        None, description="Longest wait for the recogniser to connect; none: 10 s, 1.5 s in a chain."
    )
    tts_timeout: _Limit | None = Field(
        None, description="Longest wait for the voice's first sound; none: 10 s, 1.5 s in a chain."
    )
    retries: int = Field(3, ge=0, le=10, description="How often each of the three is asked again when it fails.")


def _default(part: str) -> ProviderSpec:
    return ProviderSpec(use=SHORTHANDS["local"][part])


class ProvidersSpec(Settings):
    """The four providers of a call; ``local`` and ``cloud`` stand for a whole set."""

    model_config = ConfigDict(json_schema_extra=_shorthand_or_mapping)

    stt: ProviderSpec = Field(_default("stt"), description="Speech to text: local, deepgram, openai, a livekit plugin.")
    tts: ProviderSpec = Field(_default("tts"), description="Text to speech: local, cartesia, openai, a livekit plugin.")
    llm: ProviderSpec = Field(
        _default("llm"), description="The replies: script (from `replies`), openai, a livekit plugin."
    )
    vad: ProviderSpec = Field(_default("vad"), description="Voice activity detection: silero, a livekit plugin.")

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in SHORTHANDS:
                message = f"'{value}' is not a set of providers; use {', '.join(SHORTHANDS)} or a mapping"
                raise FlawsError(Flaw((), message, nearest(value, SHORTHANDS)))
            return SHORTHANDS[value]
        return value

    @model_validator(mode="after")
    def _one_detector(self) -> "ProvidersSpec":
        if self.vad.fallbacks:
            raise FlawsError(Flaw(("vad",), "takes one provider, a list is for stt, llm and tts"))
        return self
