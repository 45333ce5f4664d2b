"""One call at the level `sip` to an agent somewhere: nothing is known of it but what the telephone hears."""

import asyncio

from callagent.calls.room.voice import Change
from callagent.calls.script.plan import CallPlan
from callagent.calls.sip.ears import Ears
from callagent.calls.sip.phone import Credentials, SipUri
from callagent.calls.sip.phonestage import PhoneStage
from callagent.journal import AgentKeys, AgentState, AgentWords, PlayoutEnded, TransferRequested


class ForeignStage(PhoneStage):
    """A call to any SIP address.

    The agent is the one who answers there, with a greeting and replies of its own. Its words are recognised, and
    observed about a second after they were said; turns, tools and decisions are not known.
    """

    def __init__(
        self, plan: CallPlan, uri: SipUri, credentials: Credentials | None, *, broken: "asyncio.Future[str]"
    ) -> None:
        super().__init__(plan, broken=broken)
        self._uri = uri
        self._credentials = credentials
        self._ears = Ears(self._words)
        self._joint = ""

    async def _callee(self) -> tuple[SipUri, Credentials | None]:
        return self._uri, self._credentials

    def _observe_agent(self) -> None:
        self._wire.voice.speaking = True  # a pause of up to a second belongs to what it says
        self._wire.on_frame = self._ears.hear
        self._wire.run(self._ears.run(), "ears")

    async def _leave_agent(self) -> None:
        """The ears end with the wire."""

    def _agent_changed(self, change: Change) -> None:
        super()._agent_changed(change)
        if not change.audible:
            self._log.add(PlayoutEnded(self._clock.now(), interrupted=False))
        self._log.add(AgentState(self._clock.now(), "speaking" if change.audible else "listening"))

    def _key_heard(self, key: str) -> None:
        self._log.add(AgentKeys(self._clock.now(), key))

    def _referred(self, target: str) -> bool:
        self._log.add(TransferRequested(self._clock.now(), target))
        return True

    def _words(self, words: str) -> None:
        self._log.add(AgentWords(self._clock.now(), self._joint + words))
        self._joint = " "
