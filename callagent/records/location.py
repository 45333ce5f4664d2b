"""Where the records database is. Apart from the store, whose import takes half a second."""

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CALLAGENT_DATABASE"
"""Environment variable with the database: a file, or an URL that SQLAlchemy understands."""

FORMER_VARIABLE = "CALLAGENT_RECORDS"
"""What the variable was called; it counts where the new one is not set."""


def named_location(given: str | None = None, env: Mapping[str, str] | None = None) -> str | None:
    """The database that an option or the environment names; None where nothing does."""
    env = os.environ if env is None else env
    return given or env.get(VARIABLE) or env.get(FORMER_VARIABLE) or None


def default_location(env: Mapping[str, str] | None = None) -> str:
    """Where records go when no option says it: what the environment names, or a file in the user's state directory."""
    env = os.environ if env is None else env
    state = Path(env.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return named_location(env=env) or str(state / "callagent" / "records.db")
