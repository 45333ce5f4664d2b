"""The profiles: the default one can be used, the others can be read."""

import asyncio

from callagent.doctor.check import Check, Finding, failed, ok, warning
from callagent.doctor.subject import Subject
from callagent.profile import ConfigError, list_profiles, load_profile

LIMIT_S = 15.0
CORRECT = "correct what is named; `callagent profile check` reads them all"
READ_SLOWLY = (
    "try again when the machine is less busy; is the file system of the profiles reachable (CALLAGENT_CONFIGS)?"
)


async def check_profiles(subject: Subject) -> Finding:
    """Loads the default profile with its overrides, and reads all the others."""
    return await asyncio.to_thread(_read, subject)


def _read(subject: Subject) -> Finding:
    summaries = list_profiles()
    broken = [str(problem) for summary in summaries for problem in summary.problems]
    try:
        profile = load_profile(subject.profile, sets=subject.sets)
    except ConfigError as error:
        return failed("; ".join(str(error).splitlines()), CORRECT)
    if broken:
        return warning("; ".join(broken), CORRECT)
    return ok(f"{profile.name} can be used, {len(summaries)} profiles can be read")


PROFILES = Check("profiles", check_profiles, limit=LIMIT_S, late=("the profiles were not read", READ_SLOWLY))
