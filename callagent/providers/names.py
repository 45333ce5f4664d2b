"""The providers by name: which there are, what they need, how they are made."""

from collections.abc import Mapping

from callagent.profile import Profile
from callagent.providers.types import Providers, Script


def check_providers(profile: Profile, env: Mapping[str, str] | None = None) -> None:
    """Refuse, with one clear line each, a name, an option, a key or a package that is not there."""
    raise NotImplementedError


def make_providers(profile: Profile, *, script: Script | None = None) -> Providers:
    """Make the providers of one call; `script` None answers from the profile's replies."""
    raise NotImplementedError


def prewarm(profile: Profile) -> None:
    """Load the models that the profile's local providers need, once per process. Blocks."""
    raise NotImplementedError
