"""The level `sip` of scripted calls: a caller with a SIP phone, in front of a real livekit-sip."""

from callagent.calls.sip.level import SipLevel

__all__ = ["SipLevel"]
