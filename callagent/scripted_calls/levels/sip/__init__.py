"""The level `sip` of scripted calls: a caller with a SIP phone, in front of a real livekit-sip."""

from callagent.scripted_calls.levels.sip.phone import InvalidUri, SipUri
from callagent.scripted_calls.levels.sip.sip_level import URI_VARIABLE, SipLevel

__all__ = ["URI_VARIABLE", "InvalidUri", "SipLevel", "SipUri"]
