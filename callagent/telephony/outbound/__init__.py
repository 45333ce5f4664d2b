"""Dialling: from a number and a profile to a call in a room, and to what became of it."""

from callagent.telephony.outbound.call_request import (
    DialOrder,
    InvalidOrder,
    check_meta,
    is_text,
    read_order,
    write_metadata,
)
from callagent.telephony.outbound.campaign.lease import ListTaken
from callagent.telephony.outbound.campaign.list_file import NumberList, Reading, Row, read_list
from callagent.telephony.outbound.campaign.runner import ListDialler, Pace, Summary
from callagent.telephony.outbound.dialler import Connection, Dialler, Refused, Result, Wish
from callagent.telephony.outbound.follow import Ending, Limits
from callagent.telephony.outbound.originate import CALLEE, UnknownTrunk, place_call
from callagent.telephony.outbound.outcomes import ATTRIBUTE, CallFailed, Failure, Report, Stage, failure_of, read_report

__all__ = [
    "ATTRIBUTE",
    "CALLEE",
    "CallFailed",
    "Connection",
    "DialOrder",
    "Dialler",
    "Ending",
    "Failure",
    "InvalidOrder",
    "Limits",
    "ListDialler",
    "ListTaken",
    "NumberList",
    "Pace",
    "Reading",
    "Refused",
    "Report",
    "Result",
    "Row",
    "Stage",
    "Summary",
    "UnknownTrunk",
    "Wish",
    "check_meta",
    "failure_of",
    "is_text",
    "place_call",
    "read_list",
    "read_order",
    "read_report",
    "write_metadata",
]
