"""The JSON Schema of a SIP file, for editors and other tools."""

from typing import Any

from callagent.profile import schema_of
from callagent.telephony.sip.model import SipConfig


def sip_schema() -> dict[str, Any]:
    """The JSON Schema of a SIP file."""
    return schema_of(SipConfig)
