"""What a ``.env`` file may set: names that callagent documents, and never one half of an address and its key.

A ``.env`` comes with a directory, and a directory may be somebody else's. One that set PYTHONPATH would run code in
whatever is started there; one that set an address alone would have the environment's key sent to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from callagent.plaintext import INSECURE_VARIABLE
from callagent.profile.secrets import is_secret

NAMES: Final = frozenset(
    (
        *("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "LIVEKIT_LOG_LEVEL", "LIVEKIT_SOFT_ACKS"),
        *("OPENAI_BASE_URL", "OPENAI_API_KEY", "DEEPGRAM_API_KEY", "CARTESIA_API_KEY"),
    )
)
OWN_PREFIX: Final = "CALLAGENT_"
NEVER: Final = frozenset({"CALLAGENT_LIVEKIT_SERVER", "CALLAGENT_LIVEKIT_SIP", INSECURE_VARIABLE})
"""Names with the prefix that only the environment itself may set: programs to run, and the leave to go unencrypted."""

LIVEKIT: Final = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
PROVIDERS: Final = (
    ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    ("CALLAGENT_JUDGE_URL", "CALLAGENT_JUDGE_KEY"),
    ("CALLAGENT_SIP_URI", "CALLAGENT_SIP_USERNAME", "CALLAGENT_SIP_PASSWORD"),
)
"""Addresses, and the keys that are sent there."""

_REFERENCE: Final = re.compile(r"\$\{([^}:]*)(?::-[^}]*)?\}")
_PLACES: Final = frozenset({"HOME", "PWD", "USER"})
"""Names of the environment that a value may refer to."""


class Split(NamedTuple):
    """An address and its keys that come from two places."""

    group: Sequence[str]
    message: str


def may_set(name: str) -> bool:
    """Whether a ``.env`` may set a variable: a documented one, or a secret that `${NAME}` in a profile refers to."""
    if name in NEVER:
        return False
    own_key = is_secret(name) and not name.startswith("LIVEKIT_")
    return name in NAMES or name.startswith(OWN_PREFIX) or own_key


def references_outside(values: Mapping[str, str | None]) -> list[str]:
    """Names whose values, as they are written, refer to variables that do not stand above them in the file."""
    above: set[str] = set(_PLACES)
    found = []
    for name, value in values.items():
        if not above.issuperset(_REFERENCE.findall(value or "")):
            found.append(name)
        above.add(name)
    return found


def splits(of_file: Sequence[str], environment: Mapping[str, str], file: str) -> Iterator[Split]:
    """The groups of which some variables come from the file and others from the environment.

    Args:
        of_file: names that the file would set, none of which the environment has.
        environment: what is there already.
        file: the file's name, for the message.
    """
    for group in (LIVEKIT, *PROVIDERS):
        there = [name for name in group if environment.get(name)]
        new = [name for name in group if name in of_file]
        if there and new:
            names = ", ".join(new)
            message = f"{names} of {file} and {', '.join(there)} of the environment: write them in one place"
            yield Split(group, message)
