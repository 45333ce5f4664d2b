"""Whether the steps make sense: written in a form that exists, in this order, with this profile.

What a single step or entry of `never` has to say about that stands in its own module; here is what several have to do
with each other, and what can be told before their values are looked at.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from callagent.scripted_calls.script.steps.base import Must, Never, PlannedCall, Step, StepPlace, keys_of
from callagent.scripted_calls.script.steps.caller_action import CallerStep
from callagent.scripted_calls.script.steps.caller_forms import CALLER_FORMS
from callagent.scripted_calls.script.steps.expectations.call_ends import CallEnds
from callagent.scripted_calls.script.steps.never import EVENTS
from callagent.scripted_calls.script.steps.registry import EXPECTATIONS, HAPPENINGS, NEVER_FORMS, VERBS, first_key
from callagent.yaml_config import Flaw, Settings, nearest

STEP_KEYS = sorted((*VERBS, "expect"))
FORBIDDEN: Mapping[str, type[Never]] = {first_key(form): form for form in NEVER_FORMS}
NEVER = (*FORBIDDEN, "expect")
NEEDED = " or ".join([", ".join(f"`{key}`" for key in STEP_KEYS[:-1]), f"`{STEP_KEYS[-1]}`"])


def step_flaws(steps: object) -> list[Flaw]:
    """Tell what is wrong with the form of each step, paths being relative to `steps`."""
    if not isinstance(steps, list):
        return []
    return [flaw for index, step in enumerate(steps) for flaw in _step(index, step)]


def never_flaws(entries: object) -> list[Flaw]:
    """Tell what is wrong with the form of each entry of `never`, paths being relative to it."""
    if not isinstance(entries, list):
        return []
    return [flaw for index, entry in enumerate(entries) for flaw in _never(index, entry)]


def order_flaws(steps: Sequence[Step], never: Sequence[Never], *, greeted: bool = False) -> Iterator[Flaw]:
    """Tell what is wrong with the order of the steps, paths being relative to the script.

    `greeted` is for a call in which the other side speaks by itself.
    """
    unreachable = dict(_unreachable(steps))
    for index, step in enumerate(steps):
        if index in unreachable:
            yield Flaw(("steps", index), unreachable[index])
        yield from below(("steps", index), step.order_flaws(StepPlace(steps, index, greeted)))
    for number, forbidden in enumerate(never):
        for index, step in enumerate(steps):
            if forbidden.forbids(step):
                yield Flaw(("never", number), f"forbids what step {index + 1} expects")


def profile_flaws(
    steps: Sequence[Step], never: Sequence[Never], must: Sequence[Must], call: PlannedCall
) -> Iterator[Flaw]:
    """Tell of expectations that no call with this profile could meet, prohibitions that none could break."""
    for index, step in enumerate(steps):
        yield from below(("steps", index), step.profile_flaws(call))
    for number, entry in enumerate(never):
        yield from below(("never", number), entry.profile_flaws(call))
    for number, wanted in enumerate(must):
        yield from below(("must", number), wanted.profile_flaws(call))


def below(path: tuple[str | int, ...], flaws: Iterator[Flaw]) -> Iterator[Flaw]:
    """Give the flaws of what stands at a path the whole path."""
    for flaw in flaws:
        yield Flaw((*path, *flaw.path), flaw.message, flaw.nearest)


def _unreachable(steps: Sequence[Step]) -> Iterator[tuple[int, str]]:
    hung_up = ended = None
    for index, step in enumerate(steps):
        if step.looks_back:
            continue
        if ended is not None:
            yield index, f"cannot be reached: the call has ended in step {ended + 1}"
        elif hung_up is not None and not step.outlives_caller:
            yield index, f"cannot be reached: the caller hangs up in step {hung_up + 1}"
        if isinstance(step, CallEnds):
            ended = index
        elif isinstance(step, CallerStep) and step.hangs_up:
            hung_up = index


def _step(index: int, step: object) -> Iterator[Flaw]:
    if not isinstance(step, Mapping):
        yield Flaw((index,), f"needs {NEEDED}; write `- caller: …`")
        return
    verbs = [verb for verb in STEP_KEYS if verb in step]
    if len(verbs) > 1:
        yield Flaw((index, verbs[1]), f"is a step of its own, apart from `{verbs[0]}`")
    elif not verbs:
        yield from _without_verb(index, step)
    elif verbs == ["expect"]:
        yield from _expectation(index, step)
    else:
        yield from _unknown((index,), step, VERBS[verbs[0]])
        if verbs == ["caller"] and isinstance(step["caller"], Mapping):
            yield from _caller(index, step["caller"])


def _without_verb(index: int, step: Mapping[str, Any]) -> Iterator[Flaw]:
    owners = _owners()
    for key in step:
        if key in owners:
            yield Flaw((index, key), f"is part of {owners[key]}; this step has no {NEEDED}")
        else:
            yield Flaw(
                (index, key), f"unknown step; there are {NEEDED.replace(' or ', ' and ')}", nearest(key, STEP_KEYS)
            )
    if not step:
        yield Flaw((index,), "is an empty step")


def _expectation(index: int, step: Mapping[str, Any]) -> Iterator[Flaw]:
    expected = step["expect"]
    if isinstance(expected, Mapping):
        yield from _happening((index,), step, expected)
    elif not isinstance(expected, str):
        yield Flaw((index, "expect"), f"needs one of {_list(EXPECTATIONS)}, {_maps()}")
    elif expected not in EXPECTATIONS:
        message = f"unknown expectation '{expected}'; there are {_list(EXPECTATIONS)}, {_maps()}"
        yield Flaw((index, "expect"), message, nearest(expected, [*EXPECTATIONS, *HAPPENINGS]))
    else:
        yield from _unknown((index,), step, EXPECTATIONS[expected])


def _happening(path: tuple[int], step: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Flaw]:
    kinds = [key for key in HAPPENINGS if key in expected]
    if len(kinds) > 1:
        yield Flaw((*path, "expect", kinds[1]), f"is a step of its own, apart from `{kinds[0]}`")
    elif kinds:
        yield from _unknown(path, step, HAPPENINGS[kinds[0]][0])
        yield from _unknown((*path, "expect"), expected, HAPPENINGS[kinds[0]][1])
    elif not expected or expected.keys() <= {"with", "of"}:
        yield Flaw((*path, "expect"), f"needs one of {', '.join(f'`{key}`' for key in HAPPENINGS)}")
    else:
        for key in expected:
            yield Flaw((*path, "expect", key), f"unknown key; `expect` may be {_maps()}", nearest(key, HAPPENINGS))


def _caller(index: int, caller: Mapping[str, Any]) -> Iterator[Flaw]:
    known = [key for form in CALLER_FORMS for key in keys_of(form)]
    forms = [form for form in CALLER_FORMS if first_key(form) in caller]
    if len(forms) > 1:
        yield Flaw((index, "caller", first_key(forms[1])), f"is a step of its own, apart from `{first_key(forms[0])}`")
    elif forms:
        yield from _unknown((index, "caller"), caller, forms[0])
    else:
        for key in caller:
            message = "unknown key" if key != "text" else "goes with `audio`; words alone are written as `caller: …`"
            yield Flaw((index, "caller", key), message, nearest(key, known) if key != "text" else None)
        if not caller:
            yield Flaw((index, "caller"), "needs words, or one of sound, audio, dtmf, hangs up, speech")


def _never(index: int, entry: object) -> Iterator[Flaw]:
    if isinstance(entry, str):
        yield from _never_event((index,), {"expect": entry})
    elif isinstance(entry, Mapping) and "expect" in entry:
        yield from _never_event((index,), entry)
    elif isinstance(entry, Mapping) and (form := next((FORBIDDEN[key] for key in FORBIDDEN if key in entry), None)):
        yield from _unknown((index,), entry, form)
    else:
        word = next(iter(entry), None) if isinstance(entry, Mapping) else None
        hint = nearest(word, NEVER) if isinstance(word, str) else None
        yield Flaw((index,), f"needs one of {_list(EVENTS)}, {_maps()} or {{agent_says: …}}", hint)


def _never_event(path: tuple[int], entry: Mapping[str, Any]) -> Iterator[Flaw]:
    event = entry["expect"]
    if isinstance(event, Mapping):
        yield Flaw((*path, "expect"), "is not needed here; write the mapping itself")
    elif event == "no turn lost":
        yield Flaw(path, "is a step of its own; write `- expect: no turn lost`")
    elif not isinstance(event, str) or event not in EVENTS:
        message = f"unknown event '{event}'; there are {_list(EVENTS)}, {_maps()} and {{agent_says: …}}"
        hint = nearest(event, [*EVENTS, *NEVER]) if isinstance(event, str) else None
        yield Flaw(path if len(entry) == 1 else (*path, "expect"), message, hint)
    else:
        known = EVENTS[event].never_keys
        for key in entry.keys() - {"expect", *known}:
            yield Flaw((*path, key), f"does not go with '{event}' in `never`", nearest(key, known))


def _unknown(path: tuple[str | int, ...], value: Mapping[str, Any], form: type[Settings]) -> Iterator[Flaw]:
    known, owners = keys_of(form), _owners()
    for key in value:
        if key not in known:
            hint = nearest(key, [name for name in known if name not in value])
            message = f"is part of {owners[key]}, not of this step" if key in owners and not hint else "unknown key"
            yield Flaw((*path, key), message, hint)


def _owners() -> dict[str, str]:
    """Map the keys that go along with a verb to the words for it."""
    owners: dict[str, str] = {key: "a `caller` step" for key in keys_of(CallerStep)[1:]}
    for text, form in EXPECTATIONS.items():
        for key in keys_of(form)[1:]:
            owners[key] = f"{owners[key]}, '{text}'" if key in owners else f"'{text}'"
    return owners


def _maps() -> str:
    return ", ".join(f"{{{key}: …}}" for key in HAPPENINGS)


def _list(words: Collection[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
