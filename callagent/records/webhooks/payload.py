"""What a webhook says: the body of its request, by the fields that the record of a call has.

What the profile of the call masks is masked here as well, also where the record itself must keep it to be found: with
`phone` among the kinds of `privacy.redact` no body has a telephone number.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from callagent.journal.call_record import told_of
from callagent.journal.events import Trouble
from callagent.journal.journal_file import CallJournal
from callagent.profile.sections.compliance_settings import PrivacySettings
from callagent.records.tables import CallRow
from callagent.records.webhooks.settings import Event
from callagent.sanitise import json_text
from callagent.sanitise.redaction import KINDS, Redaction

LONGEST_BODY_BYTES: Final = 1_000_000
"""Bytes of a body that are sent, which is what web servers take by default (nginx: 1 MB); of a longer one what was
said and done is left out."""

NUMBER: Final = "[phone]"
"""What stands for the number of the other side, and ours, where telephone numbers are masked."""

SHORTEST_NUMBER: Final = 6
"""Characters of a number that is looked for in other texts; a short one may stand for something else there."""

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


class CallFacts(BaseModel):
    """What is known of a call as a whole; null, empty or 0 is what is not known (yet)."""

    id: str = Field(description="Id of the call: of the job that answers it.")
    room: str = Field(description="Name of its room.")
    direction: str = Field(description="`inbound` or `outbound`.")
    number: str = Field(description="The other side's, in E.164, or as the network gave it.")
    own_number: str = Field(description="Ours, in E.164.")
    country: str = Field(description="Of the other side's number, ISO 3166 code.")
    trunk: str = Field(description="Id of the SIP trunk.")
    rule: str = Field(description="Id of the dispatch rule.")
    attempt: str = Field(description="Id of the attempt, of an outbound call.")
    profile: str = Field(description="Name of the profile.")
    profile_source: str = Field(description="What chose it: dispatch, rule, number, country or default.")
    profile_hash: str = Field(description="SHA-256 of the profile as it was in the call.")
    agent: str = Field(description="Agent name of the worker.")
    started: datetime = Field(description="When the worker got the call.")
    offered: datetime | None = Field(description="When it reached livekit-server, or was asked for.")
    ringing: datetime | None = Field(description="When it rang, of an outbound call.")
    answered: datetime | None = Field(description="When it was answered.")
    first_audio: datetime | None = Field(description="When the agent was first heard.")
    ended: datetime | None = Field(description="When it ended.")
    seconds: float | None = Field(description="Its length from `started` on.")
    state: str = Field(description="`live`, `ended`, or `cut off`: its process died before it had ended.")
    reason: str = Field(description="How it ended, in the words of the record.")
    ending: str = Field(description="The same in finer words, those of the journal.")
    ended_by: str = Field(description="`caller` (the other side), `agent`, `worker`, `network`, or empty.")
    because: str = Field(description="What made the agent or the worker end it, where it was not the talk itself.")
    error: str = Field(description="What failed, where something did.")
    turns: int = Field(description="Turns of the conversation.")
    tools: int = Field(description="Calls of tools.")
    errors: int = Field(description="Errors, recoverable ones too.")
    panel: dict[str, Any] = Field(description="How soon turns were answered and the agent yielded, what was lost.")
    usage: dict[str, Any] = Field(description="What models were used for: tokens, characters, seconds of audio.")
    cost: float | None = Field(description="Of the models, where their prices are known.")


class Data(BaseModel):
    """What the message is about."""

    call: CallFacts
    turns: list[dict[str, Any]] | None = Field(None, description="What was said: role, text, interrupted, at.")
    tools: list[dict[str, Any]] | None = Field(None, description="Calls of tools: name, arguments, at, status, result.")
    events: list[dict[str, Any]] | None = Field(
        None, description="What happened beside the talk: keys, transfers, hold, hand-overs, disclosures."
    )
    notes: list[str] | None = Field(None, description="What went otherwise than asked.")
    author_notes: list[dict[str, Any]] | None = Field(None, description="What the author's agent noted: text, at.")
    errors: list[dict[str, Any]] | None = Field(None, description="What broke: message, at.")
    analysis: dict[str, Any] | None = Field(None, description="With `call.analysed`: what `after_call` found.")
    shortened: bool = Field(False, description="Whether what was said and done is left out because it is too long.")


class Message(BaseModel):
    """The body of a webhook: a call was started, answered, ended, analysed."""

    type: Literal["call.started", "call.answered", "call.ended", "call.analysed"]
    id: str = Field(description="Id of the message, and its idempotency key; that of the header `webhook-id`.")
    timestamp: datetime = Field(description="When it happened.")
    data: Data


def webhook_schema() -> dict[str, Any]:
    """Return the JSON Schema of a webhook's body."""
    return {"$schema": _DRAFT, **Message.model_json_schema()}


def message_id(call: str, event: Event, edition: str = "") -> str:
    """Return the id of a message, which is always the same for the same thing that happened.

    Args:
        edition: tells things apart that may happen several times to a call.
    """
    return "msg_" + hashlib.sha256(f"{call}/{event}/{edition}".encode()).hexdigest()[:32]


def body_of(
    row: CallRow,
    journal: CallJournal,
    event: Event,
    message: str,
    *,
    transcript: bool = False,
    analysis: Mapping[str, Any] | None = None,
) -> str:
    """Return the body of a message, as JSON.

    Args:
        transcript: whether it holds what was said and done.
        analysis: what was found out after the call.
    """
    data: dict[str, Any] = {"call": _facts(row)}
    if transcript:
        data |= {name: value for name, value in told_of(journal.log).items() if name in Data.model_fields}
        data["errors"] = [{"message": each.message, "at": round(each.at, 3)} for each in journal.log.of(Trouble)]
    if analysis is not None:
        data["analysis"] = analysis
    happened = {"started": row.started, "answered": row.answered, "ended": row.ended}.get(event) or row.seen
    head = {"type": f"call.{event}", "id": message, "timestamp": _json(happened)}
    text = json_text({**head, "data": _masked(data, row, journal)})
    return text if len(text.encode()) <= LONGEST_BODY_BYTES else shortened(text)


def shortened(body: str) -> str:
    """Return a body without what was said and done in the call; an analysis stays."""
    content = json.loads(body)
    data = {name: value for name, value in content["data"].items() if name in ("call", "analysis")}
    return json_text({**content, "data": {**data, "shortened": True}})


def _facts(row: CallRow) -> dict[str, Any]:
    return {name: _json(getattr(row, f"pii_{name}", None) or getattr(row, name, "")) for name in CallFacts.model_fields}


def _masked(data: dict[str, Any], row: CallRow, journal: CallJournal) -> Any:
    """Return what may be said by the policy that the call had; where none is known, by that of profiles without one."""
    head = journal.head
    known = PrivacySettings().redact if head.redact is None else [kind for kind in KINDS if kind in head.redact]
    redaction = Redaction(known, head.language)
    call = {**data["call"], "error": redaction.masked(row.pii_error)}  # its instants are no dates of birth
    masked = {name: redaction.values(value) for name, value in data.items() if name != "call"}
    if "phone" not in redaction.kinds:
        return {"call": call, **masked}
    call |= {name: NUMBER for name in ("number", "own_number") if call[name]}
    # Rooms and identities are named by the number, which may stand there without its +.
    numbers = [each.lstrip("+") for each in (row.pii_number, row.pii_own_number) if len(each) >= SHORTEST_NUMBER]
    return _without({"call": call, **masked}, numbers)


def _without(value: Any, texts: list[str]) -> Any:
    if isinstance(value, str):
        for text in texts:
            value = value.replace(f"+{text}", NUMBER).replace(text, NUMBER)
        return value
    if isinstance(value, Mapping):
        return {key: _without(each, texts) for key, each in value.items()}
    return [_without(each, texts) for each in value] if isinstance(value, list) else value


def _json(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
