"""The two ways of `callagent dial`: one number, and a list."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callagent.cli.output import ExitStatus
from callagent.cli.views.dial_view import View
from callagent.database import Store
from callagent.journal import Outcome
from callagent.livekit_api import LiveKitClient
from callagent.phone_numbers.number import Number
from callagent.profile import DialSettings
from callagent.telephony.guards import Refusal
from callagent.telephony.outbound import (
    CallFailed,
    Connection,
    Dialler,
    Ending,
    Limits,
    ListDialler,
    NumberList,
    Pace,
    Refused,
    Wish,
)

STATUSES: Mapping[Outcome, ExitStatus] = {
    "answered": ExitStatus.OK,
    "busy": ExitStatus.BUSY,
    "no answer": ExitStatus.NO_ANSWER,
    "declined": ExitStatus.DECLINED,
    "forbidden": ExitStatus.DECLINED,
    "unavailable": ExitStatus.DECLINED,
    "not in service": ExitStatus.NOT_IN_SERVICE,
    "machine": ExitStatus.MACHINE,
    "trunk failure": ExitStatus.TRUNK_FAILURE,
    "cancelled": ExitStatus.TRUNK_FAILURE,
    "refused": ExitStatus.REFUSED,
}
"""Outcome of a call -> exit status."""


@dataclass(frozen=True)
class Calls:
    """What all calls of one command have in common."""

    connection: Connection
    profile: str
    settings: DialSettings
    caller: Number | None
    trunk: str | None
    meta: Mapping[str, str]
    max_call: float | None
    listed: Mapping[str, str]
    store: Store
    region: str | None = None

    def wish(self, number: Number, meta: Mapping[str, str]) -> Wish:
        """Return the wanted call of a number."""
        told = {**self.meta, **meta}
        return Wish(number, self.profile, self.settings, self.caller, self.trunk, told, self.max_call, self.region)

    def dialler(self, server: LiveKitClient, limits: Limits | None = None) -> Dialler:
        """Return what makes the calls."""
        return Dialler(server, self.store, agent=self.connection.agent, listed=self.listed, limits=limits)


async def call_number(calls: Calls, number: Number, view: View, *, wait: bool) -> ExitStatus:
    """Call one number, again where the profile's retries say so, and show how it came out."""
    wish, retries = calls.wish(number, {}), calls.settings.retries
    async with calls.connection.open() as server:
        dialler = calls.dialler(server)
        view.calling(number)
        tries = 0
        while True:
            tries += 1
            try:
                result = await dialler.call(wish, progress=view.progress, wait=wait)
            except Refused as refused:
                return _refused(view, number, refused.refusal)
            except CallFailed as failed:
                ending: Ending | None = Ending(failed.failure.outcome, failed.failure.detail)
                facts = {"number": number.e164}
            else:
                ending = result.ending
                facts = {"number": number.e164, "room": result.room, "attempt": result.attempt}
            if ending is None:
                view.result("dispatched", "", ExitStatus.OK, **facts)
                return ExitStatus.OK
            if not wait or tries > retries.times or ending.outcome not in retries.on:
                status = STATUSES[ending.outcome]
                view.result(ending.outcome, ending.detail, status, **facts, tries=tries, **_facts(ending))
                return status
            view.again(ending.outcome, ending.detail, retries.after)
            await asyncio.sleep(retries.after)


def _refused(view: View, number: Number, refusal: Refusal) -> ExitStatus:
    facts = {"rule": refusal.rule, "reason": refusal.reason, "remedy": refusal.remedy}
    view.result("refused", str(refusal), ExitStatus.REFUSED, number=number.e164, **facts)
    return ExitStatus.REFUSED


async def call_list(
    calls: Calls, name: str, numbers: NumberList, pace: Pace, view: View, *, restart: bool
) -> ExitStatus:
    """Call the numbers of a list and show a summary. Status 1 when rows are left, 20 when the run had to stop."""
    view.left_out(numbers)
    async with calls.connection.open() as server:
        dialler = calls.dialler(server, Limits(poll=0.5))
        listing = ListDialler(
            dialler, calls.store, name, wish=lambda row: calls.wish(row.number, row.meta), pace=pace, told=view.row
        )
        summary = await listing.run(numbers.rows, restart=restart)
    status = ExitStatus.TRUNK_FAILURE if summary.stopped else ExitStatus.FAILED if summary.left else ExitStatus.OK
    view.summary(summary, numbers, status)
    return status


def _facts(ending: Ending) -> dict[str, Any]:
    return {"sip_status": ending.sip_status, "machine": ending.machine or None, "seconds": dict(ending.at) or None}
