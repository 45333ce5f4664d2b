"""From a SIP file to the objects that should exist: read, checked as a whole, secrets filled in."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callagent.phone_numbers.number import parse_number
from callagent.profile import schema_of
from callagent.profile.paths import find_by_name, known_names, profile_dirs
from callagent.provisioning.collisions import collisions, describe, field_of, normal_number, owners
from callagent.provisioning.desired import desired_items
from callagent.provisioning.resources import Item, Kind
from callagent.provisioning.secret import Secret
from callagent.provisioning.sip_file_model import DispatchRule, SipConfig
from callagent.provisioning.validators import expand, header_value_problem, references, unknown_name
from callagent.telephony.trunk_numbers import is_on_trunk
from callagent.yaml_config import ConfigError, Document, Problem, load_yaml, validate
from callagent.yaml_config.yaml_file import KeyPath


def sip_schema() -> dict[str, Any]:
    """Return the JSON Schema of a SIP file."""
    return schema_of(SipConfig)


@dataclass(frozen=True)
class SipFile:
    """A checked file: what should exist, and where in the file it stands."""

    document: Document
    stack: str
    items: tuple[Item, ...]

    def problem(self, item: Item, field: str, message: str) -> Problem:
        """Return a problem with a field of an object, at its line."""
        return self.document.problem(_path(item.kind, item.name, field), message)


def load_sip(path: str | Path, env: Mapping[str, str] | None = None) -> SipFile:
    """Read and check a SIP file.

    Args:
        env: where `${NAME}` is looked up; None: the process environment.

    Raises:
        ConfigError: every problem found. No message contains a secret.
    """
    document = load_yaml(path)
    config = validate(SipConfig, document)
    resolver = _Resolver(document, os.environ if env is None else env)
    items = desired_items(config, resolver.secret)
    problems = [*_trunk_problems(document, config), *_profile_problems(document, config), *resolver.problems]
    if not resolver.problems:
        problems += _collision_problems(document, items)
    if problems:
        raise ConfigError(*sorted(problems, key=lambda problem: problem.line or 0))
    return SipFile(document, config.stack, items)


class _Resolver:
    """Fills in `${NAME}` and collects what is wrong with the values, which are never part of a message."""

    def __init__(self, document: Document, env: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._env = env

    def secret(self, kind: Kind, name: str, field: str, text: str) -> Secret:
        path = _path(kind, name, field)
        names = references(text)
        missing = [variable for variable in names if not self._env.get(variable)]
        for variable in missing:
            self.problems.append(self._document.problem(path, f"the environment variable {variable} is not set"))
        if missing:
            return Secret("")
        value = expand(text, {variable: self._env[variable] for variable in names})
        if problem := _value_problem(field, value):
            source = f"what {' and '.join(names)} says " if names else ""
            self.problems.append(self._document.problem(path, source + problem))
        return Secret(value)


def _value_problem(field: str, value: str) -> str | None:
    if field == "pin" and not (value.isascii() and value.isdigit() and len(value) <= 32):
        return "is not a PIN: digits only, at most 32"
    return header_value_problem(value)


def _trunk_problems(document: Document, config: SipConfig) -> Iterator[Problem]:
    for name, rule in config.dispatch_rules.items():
        for index, trunk in enumerate(rule.trunks):
            if trunk not in config.inbound_trunks:
                message, hint = unknown_name("inbound trunk", trunk, list(config.inbound_trunks))
                yield document.problem((Kind.RULE.section, name, "trunks", index), message, hint)
        yield from _number_problems(document, config, name, rule)


def _number_problems(document: Document, config: SipConfig, name: str, rule: DispatchRule) -> Iterator[Problem]:
    """Yield numbers that are called on none of the rule's trunks, so that the rule could never fit."""
    trunks = [
        config.inbound_trunks[trunk] for trunk in rule.trunks or config.inbound_trunks if trunk in config.inbound_trunks
    ]
    if not trunks or not all(trunk.numbers for trunk in trunks):
        return
    path = (Kind.RULE.section, name)
    called = {normal_number(number): number for trunk in trunks for number in trunk.numbers}
    numbers = {normal_number(number): number for number in rule.numbers}
    for index, number in enumerate(rule.numbers):
        if rule.trunks and normal_number(number) not in called:
            yield document.problem((*path, "numbers", index), f"{number} is not a number of its trunks")
    for number in rule.profiles:
        if numbers and not _is_among(number, numbers):
            yield document.problem((*path, "profiles", number), "is not a number of this rule")
        if not _is_among(number, called):
            yield document.problem((*path, "profiles", number), f"{number} is not a number of its trunks")


def _is_among(number: str, others: Mapping[str, str]) -> bool:
    """Tell whether a number is one of others, also where these are in the national form of its country."""
    return normal_number(number) in others or (
        number.startswith("+") and is_on_trunk(parse_number(number), tuple(others.values()))
    )


def _profile_problems(document: Document, config: SipConfig) -> Iterator[Problem]:
    directories = profile_dirs()
    known = known_names(*directories)
    usable: dict[str, str | None] = {}
    for name, rule in config.dispatch_rules.items():
        named: dict[KeyPath, str] = {("profile",): rule.profile} if rule.profile else {}
        named |= {("profiles", number): profile for number, profile in rule.profiles.items()}
        for place, profile in named.items():
            path = (Kind.RULE.section, name, *place)
            if profile not in known:
                yield document.problem(path, *unknown_name("profile", profile, known))
                continue
            if profile not in usable:
                usable[profile] = _unusable(profile)
            if reason := usable[profile]:
                yield document.problem(path, reason)


def _unusable(profile: str) -> str | None:
    """Tell why nobody can answer with a profile. To read one takes a while, so only those that speak of it are read."""
    file = find_by_name(profile, *profile_dirs())
    try:
        speaks = file is not None and b"abstract" in file.read_bytes()
        data = load_yaml(file).data if file and speaks else {}
    except (OSError, ConfigError) as error:
        return f"the profile '{profile}' cannot be read: {str(error).splitlines()[0]}"
    return f"the profile '{profile}' is only there to be extended" if data.get("abstract") is True else None


def _collision_problems(document: Document, items: tuple[Item, ...]) -> Iterator[Problem]:
    for item, key, other in collisions(items, owners((item, item) for item in items)):
        message = f"{describe(key)}: {item.kind.words} '{other.name}' takes them already"
        where = document.problem(_path(other.kind, other.name, field_of(key)), "")
        yield document.problem(_path(item.kind, item.name, field_of(key)), f"{message} ({where.file}:{where.line})")


def _path(kind: Kind, name: str, field: str) -> tuple[str, ...]:
    return (kind.section, name, *_parts(field))


def _parts(field: str) -> tuple[str, ...]:
    """`auth.password` is two keys, the name of a header is one."""
    section, dot, rest = field.partition(".")
    return (section, rest) if dot and section in ("auth", "headers") else (field,) if field else ()
