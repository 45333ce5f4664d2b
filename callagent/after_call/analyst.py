"""Asks a model about a call that is over, and once more where its answer does not fit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from livekit.agents import APIConnectOptions, llm
from livekit.agents import APIError as ProviderError
from livekit.agents import APIStatusError as StatusError
from livekit.agents import APITimeoutError as ProviderTimeout
from livekit.agents.utils import http_context

from callagent.after_call.answer import Findings, WrongAnswer, findings_in
from callagent.after_call.prompt import facts_of, system_prompt, transcript_of
from callagent.journal import CallJournal
from callagent.profile import Profile
from callagent.providers import make_llm, make_models
from callagent.yaml_config import ConfigError

CONNECT_S: Final = 60.0
"""How long a model may say nothing, in seconds."""

ASKED_AGAIN: Final = 1
"""How often a model may mend an answer that does not fit."""

PASSING: Final = frozenset({408, 409, 425, 429})
"""Statuses below 500 that may be others later."""

__all__ = ["Analysis", "Findings", "NotAsked", "NotNow", "WrongAnswer", "analyse"]


class NotAsked(Exception):
    """There is no model that could be asked: nothing that waiting would cure. The message is one line."""


class NotNow(Exception):
    """The model does not answer now. The message is one line that holds nothing of the call."""


@dataclass(frozen=True)
class Analysis:
    """What was found out about a call, by which model of whom, and what it was used for: `input_tokens` and
    `output_tokens`.
    """

    findings: Findings
    model: str
    provider: str
    usage: Mapping[str, int] = field(default_factory=dict)


async def analyse(journal: CallJournal, profile: Profile, reason: str = "") -> Analysis:
    """Ask the model of a profile what its `after_call` wants to know of a call.

    Args:
        journal: of the call, masked already by the policy that the call had.
        reason: how the call ended.

    Raises:
        NotAsked: the profile wants nothing to be known, or there is no model, no key, no such package.
        NotNow: the model does not answer.
        WrongAnswer: its answer does not fit, and neither does the one that it was asked for then.
    """
    settings = profile.after_call
    if not settings.is_wanted:
        raise NotAsked(f"the profile '{profile.name}' has no after_call")
    told = llm.ChatContext.empty()
    told.add_message(role="system", content=system_prompt(settings))
    told.add_message(
        role="user", content=f"{facts_of(journal, reason)}\n<call>\n{transcript_of(journal, profile)}\n</call>"
    )
    async with http_context.open():
        model = _model(profile)
        try:
            return await _answered(model, told, profile)
        finally:
            await model.aclose()


async def _answered(model: llm.LLM[Any], told: llm.ChatContext, profile: Profile) -> Analysis:
    settings, usage, tries = profile.after_call, dict[str, int](), ASKED_AGAIN
    while True:
        response = await _ask(model, told, settings.timeout)
        if response.usage is not None:
            for name, count in (
                ("input_tokens", response.usage.prompt_tokens),
                ("output_tokens", response.usage.completion_tokens),
            ):
                usage[name] = usage.get(name, 0) + count
        try:
            found = findings_in(response.text, settings)
        except WrongAnswer as error:
            if not tries:
                raise
            tries -= 1
            told.add_message(role="assistant", content=response.text or "(nothing)")
            told.add_message(
                role="user",
                content=f"That does not fit:\n{error.for_the_model}\nAnswer again, with the whole JSON object alone.",
            )
            continue
        return Analysis(_masked(found, profile), model.model, model.provider, usage)


async def _ask(model: llm.LLM[Any], told: llm.ChatContext, timeout_s: float) -> llm.CollectedResponse:
    options = APIConnectOptions(max_retry=0, timeout=min(timeout_s, CONNECT_S))
    try:
        async with asyncio.timeout(timeout_s):
            return await model.chat(chat_ctx=told, conn_options=options).collect()
    except (TimeoutError, ProviderTimeout):
        raise NotNow("the model did not answer in time") from None
    except StatusError as error:
        message = f"the model answers {error.status_code}"
        if error.status_code in PASSING or error.status_code >= 500 or error.status_code < 400:
            raise NotNow(message) from None
        raise NotAsked(message) from None
    except ProviderError as error:
        raise NotNow(f"the model does not answer: {type(error).__name__}") from None


def _model(profile: Profile) -> llm.LLM[Any]:
    """Return the model that is asked. Raise NotAsked."""
    spec = profile.after_call.llm
    chosen = spec or profile.providers.llm
    if any(each.use == "script" for each in chosen.members):
        raise NotAsked("no model: `providers.llm` is a script; name one at after_call.llm")
    try:
        made = make_models(profile, {"llm": spec}, "after_call")["llm"] if spec is not None else make_llm(profile)
    except ConfigError as error:
        raise NotAsked(f"no model: {str(error).splitlines()[0]}") from None
    if not isinstance(made, llm.LLM):
        raise NotAsked("no model: what the profile talks with hears and speaks; name a text model at after_call.llm")
    return made


def _masked(found: Findings, profile: Profile) -> Findings:
    """Return what was found out without what the profile masks: a model may put a number together again."""
    redaction = profile.privacy.redaction(profile.language)
    return Findings(
        redaction.masked(found.pii_summary), redaction.values(found.pii_fields), redaction.values(found.pii_score)
    )
