"""Whether a profile's providers can be had here, before the first call needs them."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from livekit.agents import LanguageCode
from pydantic import BaseModel, ValidationError

from callagent.plaintext import exposed_message, insecure_allowed, is_exposed
from callagent.profile import Profile, ProviderSpec
from callagent.providers.languages import english
from callagent.providers.registry import OFFERS, Offer, parameters, resolve
from callagent.yaml_config import Problem, nearest

OPENAI_BASE_URL = "OPENAI_BASE_URL"
"""Environment variable of OpenAI's library: where its requests go that name no `base_url`."""


def problems(profile: Profile, env: Mapping[str, str], parts: Iterable[str] = OFFERS) -> list[Problem]:
    """Return everything that keeps these parts of `profile` from being had here, at most one line per key."""
    return [
        profile.places.problem(profile.name, key, message, close)
        for part in parts
        for key, message, close in _part(part, getattr(profile.providers, part), profile.language, env)
    ]


_Found = Iterator[tuple[str, str, str | None]]


def _part(part: str, spec: ProviderSpec, language: str, env: Mapping[str, str]) -> _Found:
    key = f"providers.{part}"
    offer = OFFERS[part].get(spec.use)
    if offer is None:
        known = ", ".join(OFFERS[part])
        yield key, f"there is no provider '{spec.use}', but {known}", nearest(spec.use, OFFERS[part])
        return
    lacking = [package for package in offer.packages if not _importable(package)]
    if lacking:
        needs = "needs the package" if len(lacking) == 1 else "needs the packages"
        yield key, f"{spec.use} {needs} {', '.join(lacking)}: pip install '{offer.install}'", None
        return
    yield from _language(key, spec, offer, language)
    yield from _options(key, resolve(offer.options), spec.options)
    yield from _addresses(key, spec, env)
    if offer.key and not _has_key(offer, spec.options, env):
        needs = f"{offer.key} in the environment (or in .env)"
        if _elsewhere(spec.options):
            needs = f"an api_key beside base_url: {offer.key} of the environment is not sent elsewhere"
        yield key, f"{spec.use} needs {needs}", None


def _addresses(key: str, spec: ProviderSpec, env: Mapping[str, str]) -> _Found:
    """Return addresses that lead to other machines without encryption."""
    if insecure_allowed(env):
        return
    for name, value in spec.options.items():
        if isinstance(value, str) and is_exposed(value):
            yield f"{key}.{name}", exposed_message(value), None
    usual = env.get(OPENAI_BASE_URL, "") if spec.use == "openai" and not _elsewhere(spec.options) else ""
    if is_exposed(usual):
        yield key, f"{OPENAI_BASE_URL}: {exposed_message(usual)}", None


def _elsewhere(options: Mapping[str, Any]) -> bool:
    """Tell whether the provider is an endpoint of one's own."""
    return bool(options.get("base_url"))


def _language(key: str, spec: ProviderSpec, offer: Offer, language: str) -> _Found:
    if offer.language is None:
        return
    known, chosen = resolve(offer.language), spec.options.get("language")
    if isinstance(chosen, str) and chosen:
        if chosen != "multi" and LanguageCode(chosen).language != language.partition("-")[0]:
            yield f"{key}.language", f"is {chosen}, the profile's language is {language}", None
    elif known(language) is None and not (chosen or spec.options.get("detect_language")):
        what = "knows English only" if known is english else f"does not know {language.partition('-')[0]}"
        yield key, f"{spec.use} {what}, the profile's language is {language}", None


def _importable(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def _has_key(offer: Offer, options: Mapping[str, Any], env: Mapping[str, str]) -> bool:
    if options.get("api_key") or (offer.unless and options.get(offer.unless)):
        return True
    return not _elsewhere(options) and bool(env.get(offer.key or ""))


def _options(key: str, known: type, options: Mapping[str, Any]) -> _Found:
    if issubclass(known, BaseModel):
        yield from _model_options(key, known, options)
        return
    names = parameters(known)
    for name in options:
        if name not in names:
            yield f"{key}.{name}", "unknown option", nearest(name, names)


def _model_options(key: str, model: type[BaseModel], options: Mapping[str, Any]) -> _Found:
    try:
        model.model_validate(dict(options))
    except ValidationError as error:
        for details in error.errors(include_url=False):
            name = str(details["loc"][0])
            if details["type"] == "extra_forbidden":
                yield f"{key}.{name}", "unknown option", nearest(name, model.model_fields)
            else:
                yield f"{key}.{name}", details["msg"].removeprefix("Value error, "), None
