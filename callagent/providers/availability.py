"""Whether a profile's providers can be had here, before the first call needs them."""

import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from livekit.agents import LanguageCode
from pydantic import BaseModel, ValidationError

from callagent.plaintext import exposed_message, insecure_allowed, is_exposed
from callagent.profile import Profile, ProviderSpec
from callagent.providers.constructors import Constructor
from callagent.providers.languages import english
from callagent.providers.plugins import NotInstalled, UnknownProvider, constructor_of
from callagent.providers.profile_values import arguments_of, unused_thresholds
from callagent.providers.registry import Member, Offer, members_of, parameters, resolve
from callagent.providers.turn_ends import is_realtime, lacking_model, turn_end_flaws
from callagent.yaml_config import Problem, nearest

KEY_BESIDE = "an api_key beside base_url"

OPENAI_BASE_URL = "OPENAI_BASE_URL"
"""Environment variable of OpenAI's library: where its requests go that name no `base_url`."""


def problems(profile: Profile, env: Mapping[str, str], parts: Iterable[str] = ()) -> list[Problem]:
    """Return everything that keeps these parts of `profile` (all, where none is named) from being had here, at most one
    line per key. Imports what is none of callagent's own, which livekit allows on the main thread only.
    """
    return [problem for member in members_of(profile, parts) for problem in member_problems(profile, member, env)]


def member_problems(profile: Profile, member: Member, env: Mapping[str, str]) -> list[Problem]:
    """Return what keeps one provider of `profile` from being had here."""
    try:
        own = member.offer and _own(member, member.offer, profile.language, env)
        found = [*(own or _outside(profile, member)), *_turn_ends(profile, member)]
    except NotInstalled as error:
        found = [(member.key, str(error), error.close)]
    return [
        profile.places.problem(profile.name, key, message, close)
        for key, message, close in (*found, *_addresses(member.key, member.spec, env))
    ]


def written_wrong(profile: Profile) -> tuple[list[Problem], list[str]]:
    """Return what is wrong with the providers as they are written, whatever is installed here and whatever the
    environment says; and what has to be installed for those that are written rightly, each as one line.
    """
    wrong: list[Problem] = []
    missing: list[str] = []
    for name, spec in profile.agents.items():
        if spec.models:
            at = f"agents.{name}"
            alone = profile.with_providers(spec.models, at).model_copy(update={"agents": {}})
            of_agent, not_there = written_wrong(alone)
            wrong += [moved(each, at) for each in of_agent]
            missing += [each.replace("providers.", f"{at}.", 1) for each in not_there]
    for member in members_of(profile):
        try:
            found = list(_outside(profile, member) if member.offer is None else _misspelt(member, member.offer))
            found += _turn_ends(profile, member)
        except NotInstalled as error:
            missing.append(f"{member.key}: {error}")
            continue
        wrong += [profile.places.problem(profile.name, key, message, close) for key, message, close in found]
    return wrong, [*missing, *lacking_model(profile)]


def moved(problem: Problem, at: str) -> Problem:
    """Return a problem with a provider of one agent, named by the key at which it stands: `agents.orders.tts`."""
    return replace(problem, key=problem.key.replace("providers.", f"{at}.", 1))


def constructor(profile: Profile, member: Member) -> Constructor:
    """Return what makes a provider that is none of callagent's own. Raise UnknownProvider as `constructor_of` does."""
    directories = profile.places.directories(f"{member.key}.use")
    return constructor_of(member.part, member.spec.use, directories)


_Found = Iterator[tuple[str, str, str | None]]


def _outside(profile: Profile, member: Member) -> _Found:
    try:
        made_by = constructor(profile, member)
    except NotInstalled:
        raise
    except UnknownProvider as error:
        yield member.key, str(error), error.close
        return
    options = member.spec.options
    for name, message, close in made_by.complaints(options, arguments_of(made_by, profile, member.spec)):
        yield f"{member.key}.{name}" if name else member.key, message, close
    if _elsewhere(options) and "api_key" in made_by.parameters and not options.get("api_key") and not made_by.own:
        yield member.key, f"{member.spec.use} needs {KEY_BESIDE}: the environment's key is not sent elsewhere", None
    if made_by.part == "vad":
        for name in unused_thresholds(made_by, profile):
            yield f"vad.{name}", f"cannot be followed by {made_by.name}, which has no such threshold", None


def _turn_ends(profile: Profile, member: Member) -> _Found:
    """Return what is wrong with `endpointing.by` and the model, as far as it is known without making one."""
    if member.part != "llm":
        return
    try:
        realtime = is_realtime(member, None if member.offer else constructor(profile, member))
    except UnknownProvider:  # told already
        return
    if realtime is not None:
        for key, message in turn_end_flaws(profile, member, realtime=realtime):
            yield key, message, None


def _own(member: Member, offer: Offer, language: str, env: Mapping[str, str]) -> _Found:
    key, spec = member.key, member.spec
    misspelt = list(_misspelt(member, offer))
    yield from _language(key, spec, offer, language)
    yield from misspelt
    if offer.key and not _has_key(offer, spec.options, env):
        needs = f"{offer.key} in the environment (or in .env)"
        if _elsewhere(spec.options):
            needs = f"{KEY_BESIDE}: {offer.key} of the environment is not sent elsewhere"
        yield key, f"{spec.use} needs {needs}", None


def _misspelt(member: Member, offer: Offer) -> _Found:
    lacking = [package for package in offer.packages if not _importable(package)]
    if lacking:
        needs = "needs the package" if len(lacking) == 1 else "needs the packages"
        raise NotInstalled(f"{member.spec.use} {needs} {', '.join(lacking)}: pip install '{offer.install}'")
    yield from _options(member.key, resolve(offer.options), member.spec.options)


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
