"""Which speech recogniser, voice, model and voice-activity detector a profile uses."""

from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, Field, model_serializer, model_validator

from callagent.sanitise import masked
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
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
    schema["anyOf"] = [{"type": "string"}, mapping]


def _shorthand_or_mapping(schema: dict[str, Any]) -> None:
    mapping = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [{"enum": list(SHORTHANDS)}, mapping]


class ProviderSpec(Settings):
    """One provider: its name alone, or a mapping of ``use`` and the provider's own options."""

    model_config = ConfigDict(json_schema_extra=_name_or_mapping)

    use: Text = Field(description="Name of the provider.")
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="The provider's own options; in YAML they stand beside `use`. ${NAME} reads the environment.",
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_options(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"use": value}
        if not isinstance(value, dict) or isinstance(value.get("options"), dict):
            return value
        named = {key: value[key] for key in ("use",) if key in value}
        return named | {"options": {key: inner for key, inner in value.items() if key != "use"}}

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {"use": self.use, **self.options}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return arguments of the repr, secrets masked."""
        return [("use", self.use), ("options", masked(self.options))]


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


def _default(part: str) -> ProviderSpec:
    return ProviderSpec(use=SHORTHANDS["local"][part])


class ProvidersSpec(Settings):
    """The four providers of a call; ``local`` and ``cloud`` stand for a whole set."""

    model_config = ConfigDict(json_schema_extra=_shorthand_or_mapping)

    stt: ProviderSpec = Field(_default("stt"), description="Speech to text: local, deepgram, openai.")
    tts: ProviderSpec = Field(_default("tts"), description="Text to speech: local, cartesia, openai.")
    llm: ProviderSpec = Field(_default("llm"), description="The replies: script (from `replies`), openai.")
    vad: ProviderSpec = Field(_default("vad"), description="Voice activity detection: silero.")

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, value: Any) -> Any:
        if isinstance(value, str):
            if value not in SHORTHANDS:
                message = f"'{value}' is not a set of providers; use {', '.join(SHORTHANDS)} or a mapping"
                raise FlawsError(Flaw((), message, nearest(value, SHORTHANDS)))
            return SHORTHANDS[value]
        return value
