"""The level `sip` of scripted calls: a caller with a SIP phone, in front of a real livekit-sip."""

from callagent.calls.sip.level import URI_VARIABLE, SipLevel
from callagent.calls.sip.phone import InvalidUri, SipUri

__all__ = ["URI_VARIABLE", "InvalidUri", "SipLevel", "SipUri"]
