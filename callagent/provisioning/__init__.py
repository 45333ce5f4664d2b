"""SIP trunks and dispatch rules from a file: what should exist, what has to change for it, and changing it."""

from callagent.provisioning.apply import Outcome, carry_out
from callagent.provisioning.plan import Plan, make_plan
from callagent.provisioning.resources import Existing, Item, Kind
from callagent.provisioning.secret import Fingerprints
from callagent.provisioning.sip_file import SipFile, load_sip, sip_schema
from callagent.provisioning.sip_server import SipServer

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
