"""A small SIP telephone for test calls: calls over UDP, hears and speaks G.711, presses keys."""

from callagent.calls.sip.phone.digest import Credentials
from callagent.calls.sip.phone.phone import Ending, Phone
from callagent.calls.sip.phone.rtp import RtpSession
from callagent.calls.sip.phone.sdp import InvalidSdp, Media, answered_media, offer
from callagent.calls.sip.phone.uri import InvalidUri, SipUri

__all__ = [
    "Credentials",
    "Ending",
    "InvalidSdp",
    "InvalidUri",
    "Media",
    "Phone",
    "RtpSession",
    "SipUri",
    "answered_media",
    "offer",
]
