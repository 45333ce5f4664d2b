"""Providers that no factory of callagent makes: a class of livekit or a function of one's own, called with the options.

What can be said before the call is said here: an option that is not taken, one that is missing, one of the wrong kind.
"""

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from livekit.agents import llm, stt, tts, vad
from pydantic import ConfigDict, PydanticSchemaGenerationError, PydanticUserError, TypeAdapter, ValidationError

from callagent.profile import last_line
from callagent.sanitise import is_secret, without
from callagent.yaml_config import nearest

KINDS: Mapping[str, tuple[type, ...]] = {
    "stt": (stt.STT,),
    "tts": (tts.TTS,),
    "llm": (llm.LLM, llm.RealtimeModel),
    "vad": (vad.VAD,),
}
"""Part -> what stands for it in a session."""

OBJECTS = frozenset({"self", "client", "http_session", "timeout", "tokenizer", "vad", "executor", "loop"})
"""Parameters of livekit's plugins that take an object, which no profile can write."""

_OTHER_BRANCHES = frozenset({"is_instance_of", "none_required", "literal_error"})
"""Complaints of the branches of a union that a profile does not mean: NotGiven, None, and the known names of a text."""

Complaint = tuple[str, str, str | None]
"""Option, what is wrong with it, and the nearest right one."""


class NotConstructed(ValueError):
    """What was called raised, or returned something else. The message is one line without secrets."""


@dataclass(frozen=True)
class Constructor:
    """What makes a provider of one part. `name` is what it is called in messages; `own` tells a function of the
    profile's author, whose parameters may be any, from a class of livekit. `file` is that function's, as Python has it
    and as messages show it.
    """

    part: str
    name: str
    call: Callable[..., Any]
    own: bool = False
    file: tuple[str, str] = ("", "")

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters that an option, or a value of the profile, may be given to."""
        return {
            name: each
            for name, each in inspect.signature(self.call).parameters.items()
            if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
            and (self.own or (name not in OBJECTS and not name.startswith("_")))
        }

    @property
    def takes_any(self) -> bool:
        """Whether it takes options that it does not name (`**options`)."""
        return any(each.kind is each.VAR_KEYWORD for each in inspect.signature(self.call).parameters.values())

    def complaints(self, options: Mapping[str, Any], arguments: Mapping[str, Any]) -> Iterator[Complaint]:
        """Yield what keeps it from being called with `options`; `arguments` are these and what the profile fills in."""
        known = self.parameters
        for name, value in options.items():
            if name not in known and not self.takes_any:
                yield name, "unknown option", nearest(name, known)
            elif name in known and (flaw := self._mismatch(name, value)):
                yield name, flaw, None
        for name, each in known.items():
            if each.default is each.empty and name not in arguments:
                yield "", f"{self.name} needs the option '{name}'", None

    def made(self, options: Mapping[str, Any]) -> Any:
        """Call it.

        Raises:
            NotConstructed: it raised, or what it returned is not of its part.
        """
        values = {name: self._converted(name, value) for name, value in options.items()}
        try:
            made = self.call(**values)
        except (Exception, SystemExit) as error:  # code of plugins and of authors runs here, and may raise anything
            what = " ".join(str(error).split()) or type(error).__name__
            known = isinstance(error, ValueError | RuntimeError)  # how plugins say that a key is missing
            told = what if known and not self.own else f"{type(error).__name__}: {what}{self._line_of(error)}"
            raise NotConstructed(f"{self.name}: {_without_secrets(told, options)}") from error
        if not isinstance(made, KINDS[self.part]):
            wanted = " or ".join(f"{kind.__module__.split('.')[-1]}.{kind.__name__}" for kind in KINDS[self.part])
            raise NotConstructed(f"{self.name} returns {type(made).__name__}, not a {wanted} of livekit")
        return made

    def _line_of(self, error: BaseException) -> str:
        """Return the last line of the author's own file on the way to the error, in brackets."""
        file, name = self.file
        at = last_line(error, lambda place: place == file)
        return f" ({name}:{at[1]})" if at else ""

    def _mismatch(self, name: str, value: Any) -> str | None:
        adapter = _adapter(self.call, name)
        if adapter is None or (isinstance(value, str) and "${" in value):
            return None
        try:
            adapter.validate_python(value)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            told = [each["msg"] for each in details if each["type"] not in _OTHER_BRANCHES]
            words = dict.fromkeys(told or [each["msg"] for each in details if each["type"] != "none_required"])
            return ", or ".join(word[:1].lower() + word[1:] for word in words).removeprefix("input ")
        return None

    def _converted(self, name: str, value: Any) -> Any:
        """Return the value as the parameter's type has it: a mapping as its data class, a text as its enum."""
        adapter = _adapter(self.call, name)
        return value if adapter is None else adapter.validate_python(value)


@lru_cache(maxsize=512)
def _adapter(call: Callable[..., Any], name: str) -> TypeAdapter[Any] | None:
    """Return what checks a parameter's values; None where its annotation does not say, or cannot be resolved."""
    try:
        hints = typing.get_type_hints(call.__init__ if inspect.isclass(call) else call)
        hint = hints.get(name, Any)
        return None if hint is Any else TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
    except (NameError, TypeError, AttributeError, PydanticSchemaGenerationError, PydanticUserError):
        return None


def _without_secrets(text: str, options: Mapping[str, Any]) -> str:
    return without(text, (value for name, value in options.items() if is_secret(name) and isinstance(value, str)))
