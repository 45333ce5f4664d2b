"""The profiles: the default one can be used, the functions of its tools are there, the others can be read."""

import asyncio
from pathlib import Path

from callagent.doctor.check import Check, Finding, Subject, failed, ok, warning
from callagent.profile import Profile, ProfileSummary, check_profile, list_profiles, load_profile, load_targets
from callagent.profile.paths import packaged_configs
from callagent.yaml_config import ConfigError, Problem

LIMIT_S = 15.0
CORRECT = "correct what is named; `callagent profile check` reads them all"
READ_SLOWLY = (
    "try again when the machine is less busy; is the file system of the profiles reachable (CALLAGENT_CONFIGS)?"
)


async def check_profiles(subject: Subject) -> Finding:
    """Load the default profile with its overrides and its functions, and check all others that are the user's."""
    try:
        default = await asyncio.to_thread(load_profile, subject.profile, sets=subject.sets)
        load_targets(default)  # on this thread: livekit lets no other one import a plugin
    except ConfigError as error:
        return failed("; ".join(str(error).splitlines()), CORRECT)
    summaries, others, problems = await asyncio.to_thread(_read)
    for other in others:
        try:
            load_targets(other)
        except ConfigError as error:
            problems += error.problems
    if problems:
        return warning("; ".join(map(str, dict.fromkeys(problems))), CORRECT)
    return ok(f"{default.name} can be used, {len(summaries)} profiles can be read")


def _read() -> tuple[tuple[ProfileSummary, ...], list[Profile], list[Problem]]:
    """Return all profiles, those of the user's own that can be used, and what is wrong with any."""
    summaries = list_profiles()
    usable: list[Profile] = []
    problems = [problem for summary in summaries for problem in summary.problems]
    for summary in summaries:
        file = Path(summary.file)
        if summary.problems or packaged_configs() in file.resolve().parents:
            continue
        try:
            if checked := check_profile(file):
                usable.append(checked)
        except ConfigError as error:
            problems += error.problems
    return summaries, usable, problems


PROFILES = Check("profiles", check_profiles, limit=LIMIT_S, late=("the profiles were not read", READ_SLOWLY))
