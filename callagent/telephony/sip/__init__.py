"""SIP trunks and dispatch rules from a file: what should exist, what has to change for it, and changing it."""

from callagent.telephony.sip.differ import Plan, make_plan
from callagent.telephony.sip.executor import Outcome, carry_out
from callagent.telephony.sip.items import Existing, Item, Kind
from callagent.telephony.sip.load import SipFile, load_sip
from callagent.telephony.sip.schema import sip_schema
from callagent.telephony.sip.secret import Fingerprints
from callagent.telephony.sip.server import SipServer

__all__ = [
    "Existing",
    "Fingerprints",
    "Item",
    "Kind",
    "Outcome",
    "Plan",
    "SipFile",
    "SipServer",
    "carry_out",
    "load_sip",
    "make_plan",
    "sip_schema",
]
