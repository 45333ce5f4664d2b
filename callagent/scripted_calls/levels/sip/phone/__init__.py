"""A small SIP telephone for test calls: calls over UDP, hears and speaks G.711, presses keys."""

from callagent.scripted_calls.levels.sip.phone.message import Credentials
from callagent.scripted_calls.levels.sip.phone.rtp import RtpSession
from callagent.scripted_calls.levels.sip.phone.sdp import InvalidSdp, Media, answered_media, offer
from callagent.scripted_calls.levels.sip.phone.uri import InvalidUri, SipUri
from callagent.scripted_calls.levels.sip.phone.user_agent import Ending, Phone

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
