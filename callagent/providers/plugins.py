"""What stands behind a name that is none of callagent's own: a livekit plugin, LiveKit Inference, one's own function.

`elevenlabs` is the class `TTS` (as a voice) of `livekit.plugins.elevenlabs`, `deepgram.STTv2` the class of that name,
`google-realtime` the realtime model of `livekit.plugins.google`; `inference`, or a model's name such as
`deepgram/nova-3`, is LiveKit's gateway; `mine:make_llm` is the function of that name beside the profile.
"""

import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from livekit.agents import __version__ as livekit_version
from livekit.agents import inference

from callagent.profile import answers_later, load_target
from callagent.profile.native_tools import place_of
from callagent.profile.source_snapshot import forgotten_with_sources
from callagent.providers.constructors import KINDS, Constructor
from callagent.providers.registry import OFFERS
from callagent.yaml_config import nearest
from callagent.yaml_config.yaml_file import shown

PLUGINS = "livekit.plugins"
REALTIME = "-realtime"
"""Ending of the name of a plugin whose realtime model is meant."""

INFERENCE, INFERENCE_NAME = "inference", "LiveKit Inference"

_CLASSES: Final = {"stt": "STT", "tts": "TTS", "llm": "LLM", "vad": "VAD"}

_RELEASED: Final = """
    anthropic assemblyai asyncai aws azure baseten bland cambai cartesia cerebras clova deepgram elevenlabs fal
    fireworksai fishaudio gladia gnani google gradium groq hume inworld langchain lmnt meta microsoft_ai minimax
    mistralai murf nabrah neuphonic nvidia openai palabra perplexity phonic resemble respeecher rime rtzr sarvam silero
    simplismart slng smallestai soniox speechify speechmatics spitch telnyx ultravox upliftai vakyam xai
"""
"""Recognisers, voices and models that are released together with livekit-agents, with its version: pypi.org."""

_PACKAGES: Final = {"minimax": "minimax-ai"}
"""Plugin -> the rest of the name of its package, where that is another one."""

_FUNCTION = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_PLUGIN = re.compile(r"[a-z][\w -]*(?:\.[a-zA-Z]\w*)*", re.ASCII)


class UnknownProvider(ValueError):
    """There is nothing of that name for that part. `close` is the right name that comes nearest."""

    def __init__(self, message: str, close: str | None = None) -> None:
        super().__init__(message)
        self.close = close


class NotInstalled(UnknownProvider):
    """It is a livekit plugin that is not installed here, or that lacks a package; the message says what brings it."""


@lru_cache(maxsize=64)
def constructor_of(part: str, use: str, directories: tuple[Path, ...]) -> Constructor:
    """Return what makes the provider that `use` names; imports its module, once.

    Args:
        part: `stt`, `tts`, `llm` or `vad`.
        directories: where the module of a function of one's own is looked for.

    Raises:
        UnknownProvider: there is none, it is not installed, cannot be imported, or has nothing for this part.
    """
    if _FUNCTION.fullmatch(use):
        return _function(part, use, directories)
    if use == INFERENCE or "/" in use:
        return _inference(part, use)
    if not _PLUGIN.fullmatch(use):
        raise UnknownProvider(_unknown(part, use), nearest(use, OFFERS[part]))
    return _plugin(part, use)


forgotten_with_sources(constructor_of.cache_clear)


def installed_plugins() -> tuple[str, ...]:
    """Return the livekit plugins that are installed here, by the names under which a profile uses them."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(importlib.import_module(PLUGINS).__path__)))


def _function(part: str, use: str, directories: tuple[Path, ...]) -> Constructor:
    try:
        target = load_target(use, directories)
    except ValueError as error:
        raise UnknownProvider(str(error)) from error
    name = place_of(target)
    if not callable(target):
        raise UnknownProvider(f"{name} cannot be called")
    if answers_later(target):
        raise UnknownProvider(f"{name} is asynchronous or a generator; a factory returns its provider at once")
    code = getattr(inspect.unwrap(target), "__code__", None)
    file = code.co_filename if code else ""
    own = not use.startswith(f"{PLUGINS}.")
    return Constructor(part, name, target, own=own, file=(file, shown(file) if file else ""))


def _inference(part: str, use: str) -> Constructor:
    if part == "vad" and use != INFERENCE:
        raise UnknownProvider("LiveKit Inference has no voice activity detector in the cloud; use silero or inference")
    return Constructor(part, INFERENCE_NAME, getattr(inference, _CLASSES[part]))


def _plugin(part: str, use: str) -> Constructor:
    name, _, attribute = use.partition(".")
    realtime = part == "llm" and name.endswith(REALTIME)
    module = re.sub(r"[ -]+", "_", name.removesuffix(REALTIME) if realtime else name)
    module = {package.replace("-", "_"): plugin for plugin, package in _PACKAGES.items()}.get(module, module)
    if importlib.util.find_spec(f"{PLUGINS}.{module}") is None:
        raise _missing(part, use, module)
    imported, package = _imported(module)
    path = attribute or (_realtime_path(imported) if realtime else "")
    found = _named(imported, path, package) if path else _usual(imported, part, package)
    if not (inspect.isclass(found) and issubclass(found, KINDS[part])):
        raise UnknownProvider(f"{path or found!r} of {package} is nothing for {part}{_offers(imported, part)}")
    return Constructor(part, package, _loader(found) if part == "vad" else found)


def _realtime_path(imported: ModuleType) -> str:
    """Return where the plugin has its realtime model: in a module of its own, as most have, or beside the others."""
    return "RealtimeModel" if hasattr(imported, "RealtimeModel") else "realtime.RealtimeModel"


def _missing(part: str, use: str, module: str) -> UnknownProvider:
    """Return what to say of a plugin that is not there: how to install it, or that the name is a slip."""
    known = _RELEASED.split()
    if module in known:
        return NotInstalled(f"{use} is not installed: pip install {_package(module)}=={livekit_version}")
    near = nearest(use, [*OFFERS[part], *installed_plugins(), *known])
    own_elsewhere = any(use in offers for offers in OFFERS.values())
    return UnknownProvider(_unknown(part, use, may_be_plugin=near is None and not own_elsewhere), near)


def _unknown(part: str, use: str, *, may_be_plugin: bool = False) -> str:
    own, hint = OFFERS[part], ""
    if may_be_plugin:
        hint = f"; if it is a livekit plugin: pip install {_package(use.partition('.')[0].replace('_', '-'))}"
    return f"there is no provider '{use}', but {', '.join(own)}, livekit's plugins and functions of your own{hint}"


def _package(module: str) -> str:
    return f"livekit-plugins-{_PACKAGES.get(module, re.sub('[ _]+', '-', module))}"


def _imported(module: str) -> tuple[ModuleType, str]:
    package = _package(module)
    try:
        return importlib.import_module(f"{PLUGINS}.{module}"), package
    except (ImportError, RuntimeError) as error:  # what it needs is missing; or not on the main thread
        what = " ".join(str(error).split())
        raise NotInstalled(f"{package} cannot be imported: {what}: pip install --upgrade {package}") from error


def _named(imported: ModuleType, path: str, package: str) -> Any:
    found: Any = imported
    for name in path.split("."):
        if isinstance(found, ModuleType) and not hasattr(found, name):
            full = f"{found.__name__}.{name}"
            if importlib.util.find_spec(full) is not None:
                importlib.import_module(full)
        if not hasattr(found, name):
            public = [each for each in vars(found) if not each.startswith("_")]
            raise UnknownProvider(f"{package} has no {path}", nearest(name, public))
        found = getattr(found, name)
    return found


def _usual(imported: ModuleType, part: str, package: str) -> Any:
    """Return the class that the part is called in the plugin, or the only one that it has for the part."""
    usual = getattr(imported, _CLASSES[part], None)
    if usual is not None:
        return usual
    fitting = dict(_fitting(imported, part))
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    raise UnknownProvider(f"{package} has nothing for {part}{_offers(imported, part)}")


def _offers(imported: ModuleType, part: str) -> str:
    """Return what the plugin has for the part under another name, or else for which parts it has something."""
    module = imported.__name__.rpartition(".")[2]
    if fitting := [f"{module}.{name}" for name, _ in _fitting(imported, part)]:
        return f"; use {' or '.join(fitting)}"
    parts = [each for each in KINDS if any(_fitting(imported, each))]
    return f"; it has {' and '.join(parts)}" if parts else ""


def _fitting(imported: ModuleType, part: str) -> Iterator[tuple[str, type]]:
    for name, each in vars(imported).items():
        if not name.startswith("_") and inspect.isclass(each) and issubclass(each, KINDS[part]):
            yield name, each


def _loader(detector: type) -> Any:
    """Return `load` of a detector that is made that way, as Silero's is, else the class."""
    return getattr(detector, "load", detector)
