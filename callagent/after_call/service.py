"""Looks at the calls of a worker when they are over, off the path of any call: one after the other, as models allow."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final, Literal, Protocol

from callagent.after_call.analyst import NotAsked, NotNow, WrongAnswer, analyse
from callagent.concurrency import all_of
from callagent.database import StoreUnavailable, first_line
from callagent.profile import Profile
from callagent.records.analyses import AnalysisQueue, ToAnalyse
from callagent.records.prices import NO_PRICES, Prices
from callagent.yaml_config import ConfigError

EVERY_S: Final = 2.0
"""How often the database is asked for calls that are over, in seconds."""

AWAY_S: Final = 30.0
"""How long a database that is away is left alone, in seconds."""

AT_ONCE: Final = 4
"""Calls that are looked at side by side."""

_log = logging.getLogger("callagent.after_call")


Outcome = Literal["found", "tried again later", "given up"]
"""What comes of looking at a call."""


class Meter(Protocol):
    """Is told what comes of looking at calls."""

    def looked_at(self, outcome: Outcome) -> None:
        """Take note of a call that was looked at."""

    def used(self, usage: Mapping[str, float]) -> None:
        """Take note of what a model was used for: `input_tokens` and `output_tokens`."""


class Analyst:
    """Looks at calls, and records what was found out or why nothing was.

    Args:
        queue: of the database.
        load: gives the profile of that name; raises ConfigError. Called in a thread.
        is_patient: whether a model that does not answer is asked again later.
        prices: what models cost; where that of the model is known, `usage` of what was found has the `cost`, too.
        meter: is told what comes of it.
    """

    def __init__(
        self,
        queue: AnalysisQueue,
        load: Callable[[str], Profile],
        *,
        is_patient: bool = True,
        prices: Prices = NO_PRICES,
        meter: Meter | None = None,
    ) -> None:
        self._queue, self._load, self._is_patient = queue, load, is_patient
        self._prices, self._meter = prices, meter
        self._told: set[str] = set()

    async def round(self) -> int:
        """Look at calls that are to be looked at now; tell how many there were. Raise StoreUnavailable."""
        due = await asyncio.to_thread(self._queue.take, AT_ONCE)
        await all_of(*(self.look_at(each) for each in due))
        return len(due)

    async def look_at(self, due: ToAnalyse) -> str:
        """Look at a call, and record what came of it; return why nothing did, or an empty text."""
        head = due.journal.head
        try:
            profile = await asyncio.to_thread(self._load, head.profile)
            analysis = await analyse(due.journal, profile, due.reason)
        except NotNow as error:
            await self._failed(due, str(error), again=self._is_patient)
            return str(error)
        except (NotAsked, WrongAnswer) as error:
            await self._failed(due, str(error), again=False)
            return str(error)
        except ConfigError as error:
            message = f"the profile cannot be used: {str(error).splitlines()[0]}"
            await self._failed(due, message, again=False)
            return message
        except Exception as error:  # the boundary of this piece of work: the next call is another one
            _log.exception("a call could not be looked at", extra={"call": due.call})
            message = f"failed: {type(error).__name__}"
            await self._failed(due, message, again=False)
            return message
        found, usage = analysis.findings, dict[str, float](analysis.usage)
        if (cost := self._prices.of({f"llm {analysis.provider} {analysis.model}": usage})) is not None:
            usage["cost"] = cost
        await asyncio.to_thread(
            self._queue.found,
            due.seq,
            summary=found.pii_summary,
            fields=found.pii_fields,
            scores=found.pii_score,
            score=found.score,
            model=analysis.model,
            usage=usage,
        )
        if self._meter is not None:
            self._meter.looked_at("found")
            self._meter.used(analysis.usage)
        return ""

    async def _failed(self, due: ToAnalyse, error: str, *, again: bool) -> None:
        is_tried_again = await asyncio.to_thread(self._queue.failed, due.seq, error, again=again)
        if self._meter is not None:
            self._meter.looked_at("tried again later" if is_tried_again else "given up")
        line = f"{due.journal.head.profile} {error}"
        if not is_tried_again and line not in self._told:
            self._told.add(line)
            extra = {"profile": due.journal.head.profile, "error": error}
            _log.warning("nothing is found out about calls after they are over", extra=extra)


async def analyse_calls(
    location: str, load: Callable[[str], Profile], *, prices: Prices = NO_PRICES, meter: Meter | None = None
) -> None:
    """Look at the calls of a database when they are over, until cancelled; see `Analyst`."""
    is_away = False
    while True:
        try:
            queue = await asyncio.to_thread(AnalysisQueue, location)
            try:
                analyst = Analyst(queue, load, prices=prices, meter=meter)
                while True:
                    count = await analyst.round()
                    if is_away:
                        is_away = False
                        _log.warning("database back: calls are looked at after they are over")
                    if not count:
                        await asyncio.sleep(EVERY_S)
            finally:
                await asyncio.to_thread(queue.close)
        except StoreUnavailable as error:
            if not is_away:
                is_away = True
                _log.error("database away: calls are not looked at", extra={"error": first_line(error)})
            await asyncio.sleep(AWAY_S)
