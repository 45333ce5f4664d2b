"""Tasks for what livekit has none for: a date of any kind, and digits that are keyed in outside of a room."""

import asyncio
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from livekit.agents import AgentTask, RunContext, function_tool
from livekit.agents.llm import ToolError, ToolFlag
from livekit.agents.types import NOT_GIVEN
from livekit.agents.utils import is_given
from livekit.agents.voice import SpeechHandle

from callagent.agent.dtmf.collect import Entry
from callagent.agent.dtmf.keys import KEYS, Keypad
from callagent.concurrency import first_done

_DATE: Final = """\
You are only a single step in a broader system, responsible solely for capturing a date. Today is {today}.
Handle input as noisy voice transcription: "the third of May", "next Friday", "in two weeks".
Work such dates out silently.
Call `update_date` at the first opportunity, and do not invent a date.
{confirmation}
If the date is unclear, ask for the day, the month and the year one after the other.
Ignore unrelated input, and write no markdown. If the caller does not want to tell a date, call `decline_date_capture`.
{extra}"""

_DIGITS: Final = """\
You are only a single step in a broader system, responsible solely for getting {count} digits from the caller, who may
key them in on the telephone or say them. Keys reach the system without you. When the caller has said all of the digits,
call `record_digits` with them; do not invent any. If they do not want to, call `decline_digits_capture`.
Ignore unrelated input, and write no markdown.
{extra}"""


class DateTask(AgentTask[date]):
    """Asks for a date of any kind, as livekit's tasks ask for theirs.

    Args:
        now: the time where the call is, which "next Friday" counts from.
    """

    ask = ""

    def __init__(self, now: datetime, *, require_confirmation: Any = NOT_GIVEN, extra_instructions: str = "") -> None:
        confirmation = "" if require_confirmation is False else "Call `confirm_date` once the caller has confirmed it."
        today = f"{now:%A, %Y-%m-%d}"
        super().__init__(instructions=_DATE.format(today=today, confirmation=confirmation, extra=extra_instructions))
        self._require_confirmation = require_confirmation
        self._date: date | None = None

    async def on_enter(self) -> None:
        """Ask."""
        if self.ask:
            self.session.say(self.ask)
        else:
            self.session.generate_reply(instructions="Ask the caller for the date.")

    @function_tool
    async def update_date(self, year: int, month: int, day: int, ctx: RunContext[Any]) -> str | None:
        """Take the date that the caller has named.

        Args:
            year: The year, with four digits.
            month: The month, 1 to 12.
            day: The day of the month.
        """
        try:
            self._date = date(year, month, day)
        except ValueError as error:
            raise ToolError(f"There is no such date: {error}") from None
        required = self._require_confirmation
        if not (required if is_given(required) else ctx.speech_handle.input_details.modality == "audio"):
            self._finish()
            return None
        await self.update_tools([*(tool for tool in self.tools if tool.id != "confirm_date"), self._confirm()])
        spoken = f"{self._date:%A}, {self._date.isoformat()}"
        return f"The date is {spoken} now. Say it back to the caller, and ask whether it is right."

    def _confirm(self) -> Any:
        asked_for = self._date

        @function_tool
        async def confirm_date() -> str | None:
            """Call this after the caller has confirmed that the date is right."""
            if asked_for != self._date:
                return "The date has changed since then. Ask the caller to confirm the new one."
            self._finish()
            return None

        return confirm_date

    @function_tool(flags=ToolFlag.IGNORE_ON_ENTER)
    async def decline_date_capture(self, reason: str) -> None:
        """Call this when the caller does not want to name a date.

        Args:
            reason: Why, in a few words.
        """
        _decline(self, f"no date: {reason}")

    def _finish(self) -> None:
        if not self.done() and self._date is not None:
            self.complete(self._date)


class DtmfTask(AgentTask[str]):
    """Asks for digits that are keyed in on the telephone, or said."""

    ask = ""

    def __init__(self, keypad: Keypad, digits: int, pause: float, *, extra_instructions: str = "") -> None:
        super().__init__(instructions=_DIGITS.format(count=digits, extra=extra_instructions))
        self._keypad, self._digits, self._pause = keypad, digits, pause
        self._over = asyncio.Event()

    async def on_enter(self) -> None:
        """Ask, and wait for the keys."""
        question = f"Ask the caller for the {self._digits} digits: they may key them in or say them."
        speech = self.session.say(self.ask) if self.ask else self.session.generate_reply(instructions=question)
        while not self.done():
            with Entry(self._keypad, self._digits, self._pause) as entry:
                entry.begun.add_done_callback(partial(_stop, speech))
                await first_done(entry.complete, self._over)
            if len(entry.keys) == self._digits and not self.done():
                self.complete(entry.keys)
            elif not self.done():
                told = f"Only {len(entry.keys)} of {self._digits} digits came. Ask the caller to key them in again."
                speech = self.session.generate_reply(instructions=told)

    async def on_exit(self) -> None:
        """Wait no longer."""
        self._over.set()

    @function_tool
    async def record_digits(self, digits: str) -> None:
        """Take the digits that the caller has said.

        Args:
            digits: All of them, without spaces.
        """
        said = "".join(digits.split())
        if len(said) != self._digits or not set(said) <= KEYS:
            raise ToolError(f"{self._digits} digits are needed. Ask the caller for all of them.")
        if not self.done():
            self.complete(said)
            self._over.set()

    @function_tool(flags=ToolFlag.IGNORE_ON_ENTER)
    async def decline_digits_capture(self, reason: str) -> None:
        """Call this when the caller does not want to give the digits.

        Args:
            reason: Why, in a few words.
        """
        _decline(self, f"no digits: {reason}")
        self._over.set()


def _stop(speech: SpeechHandle, _: object) -> None:
    if not speech.done():
        speech.interrupt()


def _decline(task: AgentTask[Any], why: str) -> None:
    if not task.done():
        task.complete(ToolError(why))
