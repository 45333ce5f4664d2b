"""Dialling: from a number and a profile to a call in a room, and to what became of it."""

from callagent.journal import Outcome
from callagent.telephony.dialling.dialler import Connection, Dialler, Refused, Result, Wish
from callagent.telephony.dialling.lease import ListTaken
from callagent.telephony.dialling.listfile import NumberList, Reading, Row, read_list
from callagent.telephony.dialling.listing import ListDialler, Pace, Summary
from callagent.telephony.dialling.order import (
    DialOrder,
    InvalidOrder,
    check_meta,
    is_text,
    read_order,
    write_metadata,
)
from callagent.telephony.dialling.outcomes import CallFailed, Failure, failure_of
from callagent.telephony.dialling.place import CALLEE, place_call
from callagent.telephony.dialling.report import ATTRIBUTE, Report, Stage, read_report
from callagent.telephony.dialling.trunks import UnknownTrunk
from callagent.telephony.dialling.watch import Ending, Limits

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
    "Outcome",
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
