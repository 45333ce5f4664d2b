"""The JSON Schema of a scripted call, for editors and other tools."""

from typing import Any

from callagent.calls.model import CallScript
from callagent.profile import schema_of


def call_schema() -> dict[str, Any]:
    """The JSON Schema of a script."""
    return schema_of(CallScript)
