"""The agent of an outbound call in this process finds out who has answered, as that of a worker's job does."""

import asyncio
import logging
from functools import partial

from callagent.agent import AssembledCall
from callagent.concurrency import BackgroundTasks
from callagent.journal import CallEnded, CallerAudible, CallerSilent, Observation, ObservationLog
from callagent.profile import MachineSettings, Profile
from callagent.worker.outbound.amd import Answering, Verdict
from callagent.worker.outbound.outbound_job import greet
from callagent.worker.outbound.voicemail import leave_message

LOGGER = "livekit.agents"
NO_ROOM = "session room_io unavailable"
"""livekit-agents warns of a detection without a room; here there is never one."""

_log = logging.getLogger("callagent.scripted_calls")


class Answered:
    """Acts by `dialling.machines` of the profile.

    Args:
        call: the session; it must have been assembled from a profile that says nothing first.
        profile: the profile as it is.
        log: tells when the other side is silent, and when the call is over.
    """

    def __init__(self, call: AssembledCall, profile: Profile, log: ObservationLog) -> None:
        self._call, self._profile, self._log = call, profile, log
        self._detection = BackgroundTasks(_log, "the detection of who has answered broke", on_error=self._broke)
        log.listen(self._observed)

    def begin(self) -> None:
        """To be called when the call is answered, before anything is said."""
        logging.getLogger(LOGGER).addFilter(self._of_interest)
        self._detection.start(self._run(), name="callagent.scripted_calls.answered")

    async def aclose(self) -> None:
        """End the detection where it still goes on."""
        await self._detection.aclose()
        logging.getLogger(LOGGER).removeFilter(self._of_interest)

    @property
    def _machines(self) -> MachineSettings:
        return self._profile.dialling.machines.in_words(self._call.call.texts.spoken)

    async def recording(self, patience: float) -> None:
        """Wait until the other side has been silent for so many seconds: a scripted beep has no sound to go by."""
        spoken = -1
        while spoken != len(self._log.of(CallerAudible)):
            await self._log.wait_for(self._quiet)
            spoken = len(self._log.of(CallerAudible))
            await self._log.sleep_until(self._log.now() + patience)

    def _quiet(self) -> bool | None:
        return len(self._log.of(CallerAudible)) == len(self._log.of(CallerSilent)) or None

    async def _run(self) -> None:
        answering = Answering(
            self._call.session,
            self._profile,
            self._machines,
            waiting=lambda _: self._call.call.disclosures.nobody_listens_yet(),
        )
        verdict = await answering.verdict(asyncio.sleep(0))
        await answering.carry_out(verdict, self._act)

    async def _act(self, verdict: Verdict) -> None:
        match verdict.action:
            case "talk":
                greet(self._call, self._profile)
            case "leave message":
                first = partial(self._call.call.disclose, self._profile, voicemail=True)
                await leave_message(self._call.session, self._machines, self, first)
                self._call.session.shutdown(drain=False)
            case "hang up":
                self._call.session.shutdown(drain=False)

    def _observed(self, entry: Observation) -> None:
        if isinstance(entry, CallEnded):
            self._detection.cancel()

    def _broke(self, _: BaseException) -> None:
        self._call.session.shutdown(drain=False)

    def _of_interest(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith(NO_ROOM)
