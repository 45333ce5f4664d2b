"""What a caller is asked for, each by a task of livekit's where livekit has one."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from livekit.agents import Agent, AgentTask, RunContext, function_tool
from livekit.agents.beta import workflows
from livekit.agents.beta.workflows.credit_card import (
    CardCollectionRestartError,
    GetCardNumberTask,
    GetExpirationDateTask,
    GetSecurityCodeTask,
)
from livekit.agents.llm import ToolError
from livekit.agents.types import NOT_GIVEN

from callagent.agent.dtmf.keys import Keypad
from callagent.agent.handover.own_tasks import DateTask, DtmfTask
from callagent.phone_numbers.number import parse_number

if TYPE_CHECKING:
    from callagent.profile import Asked, CollectSpec, Profile

_HOLDER: Final = "It is the name on the card: ask for it as such."
_REQUIRED: Final = (
    "The call cannot go on without it: say so to a caller who would rather not tell it, and why it is needed."
)

_Maker = Callable[["CollectSpec", "Profile", Keypad, datetime], Any]


class _Asking(Agent):
    """Stands before a task of livekit's among the bases: its question is the author's, where there is one."""

    ask = ""

    async def on_enter(self) -> None:
        """Ask."""
        if self.ask:
            self.session.say(self.ask)
        else:
            await super().on_enter()


class NameTask(_Asking, workflows.GetNameTask):
    """Asks for a name."""


class EmailTask(_Asking, workflows.GetEmailTask):
    """Asks for an e-mail address."""


class AddressTask(_Asking, workflows.GetAddressTask):
    """Asks for a postal address."""


class DateOfBirthTask(_Asking, workflows.GetDOBTask):
    """Asks for a date of birth."""


class PhoneNumberTask(_Asking, workflows.GetPhoneNumberTask):
    """Asks for a telephone number, and takes only one that exists, as it is written in `region`; it gives E.164."""

    region = ""

    async def on_enter(self) -> None:
        """Ask."""
        name = "update_phone_number"
        await self.update_tools([self._checked(tool) if tool.id == name else tool for tool in self.tools])
        await super().on_enter()

    def _checked(self, tool: Any) -> Any:
        @function_tool(name=tool.info.name, description=tool.info.description, flags=tool.info.flags)
        async def update_phone_number(phone_number: str, ctx: RunContext[Any]) -> Any:
            return await tool(phone_number=await asyncio.to_thread(self._e164, phone_number), ctx=ctx)

        return update_phone_number

    def _e164(self, written: str) -> str:
        try:
            number = parse_number(written, self.region or None)
        except ValueError as error:
            raise ToolError(f"This is no telephone number: {error}. Ask the caller for it again.") from error
        if not number.e164.startswith("+"):
            raise ToolError("This is no number of a subscriber. Ask the caller for theirs.")
        return number.e164


class CreditCardTask(AgentTask[workflows.GetCreditCardResult]):
    """Asks for the number, the expiry date, the code and the holder of a card, each by livekit's task for it.

    livekit's own task for all of them has the model summarise what was said afterwards, and loses the card where the
    model fails then.
    """

    ask = ""

    def __init__(self, *, require_confirmation: Any = NOT_GIVEN, extra_instructions: str = "") -> None:
        super().__init__(instructions="You take the details of a card.")
        self._confirmation, self._extra = require_confirmation, extra_instructions

    async def on_enter(self) -> None:
        """Ask for one after the other; again from the beginning, where the caller wants to start over."""
        if self.ask:
            self.session.say(self.ask)
        while not self.done():
            try:
                result = await self._card()
            except CardCollectionRestartError:
                continue
            except ToolError as error:
                self.complete(error)
            else:
                self.complete(result)

    async def _card(self) -> workflows.GetCreditCardResult:
        number = await GetCardNumberTask(**self._options())
        expires = await GetExpirationDateTask(**self._options())
        code = await GetSecurityCodeTask(**self._options())
        holder = await workflows.GetNameTask(last_name=True, require_explicit_ask=True, **self._options(_HOLDER))
        return workflows.GetCreditCardResult(
            cardholder_name=value_of(holder),
            issuer=number.issuer,
            card_number=number.card_number,
            security_code=code.security_code,
            expiration_date=expires.date,
        )

    def _options(self, more: str = "") -> dict[str, Any]:
        return {
            "chat_ctx": self.chat_ctx.copy(),
            "require_confirmation": self._confirmation,
            "extra_instructions": f"{self._extra}\n{more}".strip(),
        }


Task = NameTask | EmailTask | AddressTask | DateOfBirthTask | PhoneNumberTask | CreditCardTask | DateTask | DtmfTask


def task_for(spec: "CollectSpec", profile: "Profile", keypad: Keypad, now: datetime) -> AgentTask[Any]:
    """Return the task that asks for something, ready to be awaited in an agent's `on_enter`.

    Args:
        now: the time where the call is.
    """
    task: Task = _MAKERS[spec.what](spec, profile, keypad, now)
    task.ask = spec.ask
    return task


def value_of(result: Any) -> Any:
    """Return what a task has given as the author gets it: a text, of a card a dictionary."""
    match result:
        case workflows.GetNameResult():
            parts = (result.first_name, result.middle_name, result.last_name)
            return " ".join(part for part in parts if part)
        case workflows.GetPhoneNumberResult():
            return result.phone_number
        case workflows.GetEmailResult():
            return result.email_address
        case workflows.GetAddressResult():
            return result.address
        case workflows.GetDOBResult():
            return result.date_of_birth.isoformat()
        case workflows.GetCreditCardResult():
            return dict(vars(result))
        case date():
            return result.isoformat()
    return result


def _options(spec: "CollectSpec") -> dict[str, Any]:
    return {
        "require_confirmation": NOT_GIVEN if spec.confirm is None else spec.confirm,
        "extra_instructions": _instructions(spec),
    }


def _instructions(spec: "CollectSpec") -> str:
    return f"{spec.instructions}\n{_REQUIRED}".strip() if spec.required else spec.instructions


def _name(first: bool, last: bool) -> _Maker:
    return lambda spec, *_: NameTask(first_name=first, last_name=last, **_options(spec))


def _phone_number(spec: "CollectSpec", profile: "Profile", *_: object) -> PhoneNumberTask:
    task = PhoneNumberTask(**_options(spec))
    task.region = profile.number_reading.region
    return task


def _dtmf(spec: "CollectSpec", profile: "Profile", keypad: Keypad, _: datetime) -> DtmfTask:
    return DtmfTask(keypad, spec.digits or 1, profile.keys.entry_pause, extra_instructions=_instructions(spec))


_MAKERS: Final[dict["Asked", _Maker]] = {
    "name": _name(True, True),
    "first_name": _name(True, False),
    "last_name": _name(False, True),
    "phone_number": _phone_number,
    "email": lambda spec, *_: EmailTask(**_options(spec)),
    "address": lambda spec, *_: AddressTask(**_options(spec)),
    "date": lambda spec, profile, keypad, now: DateTask(now, **_options(spec)),
    "date_of_birth": lambda spec, *_: DateOfBirthTask(**_options(spec)),
    "credit_card": lambda spec, *_: CreditCardTask(**_options(spec)),
    "dtmf": _dtmf,
}
