"""What an installation may leave out: the Python packages of the extras, and one line that says how to get them.

Serving calls needs none of them. What does need one asks `lacking` before it begins, so that nothing is lost half-way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class OptionalPackage:
    """A Python package of an extra.

    Args:
        distribution: its name in pyproject.toml.
        extra: the extra of callagent that brings it.
    """

    distribution: str
    extra: str


OPTIONAL: Final[Mapping[str, OptionalPackage]] = MappingProxyType(
    {
        "boto3": OptionalPackage("boto3", "s3"),
        "jinja2": OptionalPackage("jinja2", "calls"),
        "matplotlib": OptionalPackage("matplotlib", "plots"),
        "mcp": OptionalPackage("mcp", "mcp"),
        "pyarrow": OptionalPackage("pyarrow", "parquet"),
        "sounddevice": OptionalPackage("sounddevice", "mic"),
        "starlette": OptionalPackage("starlette", "console"),
        "time_machine": OptionalPackage("time-machine", "calls"),
        "uvicorn": OptionalPackage("uvicorn", "console"),
    }
)
"""Module -> its package. The speech models of `local` are with their providers, in `callagent.providers`."""


def lacking(what: str, module: str) -> str | None:
    """Say in one line what to install so that `what` works; None where the module is there. Import nothing.

    Raises:
        KeyError: the module is none of `OPTIONAL`.
    """
    return needed(what, module) if find_spec(module) is None else None


def needed(what: str, module: str) -> str:
    """Say in one line which package `what` needs, and how to get it.

    Raises:
        KeyError: the module is none of `OPTIONAL`.
    """
    package = OPTIONAL[module]
    return f"{what} needs the Python package {package.distribution}: {how_to_install(package.extra)}"


def how_to_install(extra: str) -> str:
    """Return the command that brings an extra of callagent."""
    return f"pip install 'callagent[{extra}]'"
