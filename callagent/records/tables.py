"""The tables of calls. Their objects are plain values: they are detached from the database.

What somebody has said, and what tells who somebody is, is in fields named `pii_…`; no repr shows it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, LargeBinary, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from callagent.database.tables import Base, Writable
from callagent.journal.endings import ENDINGS, WORDS
from callagent.sanitise import storable

LIVE, ENDED, CUT_OFF = "live", "ended", "cut off"
"""States of a call: it goes on, it has come to an end, or its process died before that."""

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given up"
"""States of a webhook."""

FOUND, FAILED = "found", "failed"
"""States of what is found out about a call when it is over; before that it is `waiting`."""

SEQ = BigInteger().with_variant(Integer, "sqlite")


class LongText(TypeDecorator[str]):
    """Text of any length that every database takes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else storable(value)


class CallRow(Base):
    """A call. Instants are aware, in UTC; None is what did not happen, or is not known.

    Attributes:
        seq: when it began, in microseconds since 1970, moved on where another call has that: calls in order of time.
        id: of the job that answers it.
        direction: `inbound` or `outbound`.
        pii_number, pii_own_number: of the other side, and ours.
        profile_hash: SHA-256 of the profile as it was in the call.
        agent: the agent name of the worker; made_by: the package that wrote the journal; host: its machine.
        offered: when the call reached livekit-server, or was asked for.
        seen: when the database last heard of it.
        state: `live`, `ended` or `cut off`.
        ending: how it ended, in the words of `callagent.journal.endings`; ended_by: `caller`, `agent`, `worker`,
            `network` or empty; because: what made the agent or the worker end it.
        lines: of its journal, as far as they are here.
        response_…_s: seconds from the end of a turn of the caller to the agent's answer.
        yield_…_s: seconds from the caller's first sample to the agent's silence, of interruptions.
        interruptions, talked_through: overlaps that stopped the agent, and that it talked through.
        lost_turns: turns of the caller that nothing came of.
        recording_location: where its recording is kept; empty where there is none, or it was removed.
        recording: what is known of it: format, sample rate, channels, seconds, what was paused, what failed.
        panel: these and further figures; usage: what models were used for; cost: of it, where prices are known.
        analysis: whether a model has found out something about it when it was over: `found`, `failed`, `waiting`, or
            empty where nobody asks; pii_summary and score, the mean over all questions, are of that.
    """

    __tablename__ = "calls"

    seq: Mapped[int] = mapped_column(SEQ, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(Writable(100), unique=False)
    room: Mapped[str] = mapped_column(Writable(255), default="")
    direction: Mapped[str] = mapped_column(Writable(10), default="")
    pii_number: Mapped[str] = mapped_column(Writable(100), default="")
    pii_own_number: Mapped[str] = mapped_column(Writable(100), default="")
    country: Mapped[str] = mapped_column(Writable(10), default="")
    trunk: Mapped[str] = mapped_column(Writable(100), default="")
    rule: Mapped[str] = mapped_column(Writable(100), default="")
    pii_sip_call_id: Mapped[str] = mapped_column(Writable(255), default="")
    attempt: Mapped[str] = mapped_column(Writable(40), default="")
    profile: Mapped[str] = mapped_column(Writable(255), default="")
    profile_source: Mapped[str] = mapped_column(Writable(40), default="")
    profile_hash: Mapped[str] = mapped_column(Writable(64), default="")
    agent: Mapped[str] = mapped_column(Writable(100), default="")
    made_by: Mapped[str] = mapped_column(Writable(100), default="")
    host: Mapped[str] = mapped_column(Writable(255), default="")
    started: Mapped[datetime]
    offered: Mapped[datetime | None] = mapped_column(default=None)
    ringing: Mapped[datetime | None] = mapped_column(default=None)
    answered: Mapped[datetime | None] = mapped_column(default=None)
    first_audio: Mapped[datetime | None] = mapped_column(default=None)
    ended: Mapped[datetime | None] = mapped_column(default=None)
    seen: Mapped[datetime]
    seconds: Mapped[float | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(Writable(10), default=LIVE)
    ending: Mapped[str] = mapped_column(Writable(30), default="")
    ended_by: Mapped[str] = mapped_column(Writable(10), default="")
    because: Mapped[str] = mapped_column(Writable(100), default="")
    pii_error: Mapped[str] = mapped_column(LongText, default="")
    lines: Mapped[int] = mapped_column(default=0)
    turns: Mapped[int] = mapped_column(default=0)
    tools: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    talked_through: Mapped[int] = mapped_column(default=0)
    lost_turns: Mapped[int] = mapped_column(default=0)
    response_p50_s: Mapped[float | None] = mapped_column(default=None)
    response_p95_s: Mapped[float | None] = mapped_column(default=None)
    response_max_s: Mapped[float | None] = mapped_column(default=None)
    yield_mean_s: Mapped[float | None] = mapped_column(default=None)
    yield_max_s: Mapped[float | None] = mapped_column(default=None)
    recording_location: Mapped[str] = mapped_column(LongText, default="", server_default="")
    recording: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    panel: Mapped[dict[str, Any]] = mapped_column(default=dict)
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cost: Mapped[float | None] = mapped_column(default=None)
    analysis: Mapped[str] = mapped_column(Writable(10), default="", server_default="")
    pii_summary: Mapped[str] = mapped_column(LongText, default="", server_default="")
    score: Mapped[float | None] = mapped_column(default=None)

    @property
    def reason(self) -> str:
        """How it ended in the words of the call's record; empty where it has not, or was cut off."""
        return next((WORDS[ending].record for ending in ENDINGS if ending == self.ending), "")


class _Line:
    """A line of a call's journal: which one, and when it was, in seconds of the call."""

    call: Mapped[int] = mapped_column(SEQ, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[float]


class TurnRow(_Line, Base):
    """A turn of the conversation; `metrics` has livekit's figures, in seconds."""

    __tablename__ = "call_turns"

    role: Mapped[str] = mapped_column(Writable(20))
    pii_text: Mapped[str] = mapped_column(LongText)
    interrupted: Mapped[bool] = mapped_column(default=False)
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DecisionRow(_Line, Base):
    """What the gate decided about an overlap; `pii_overlap` is the whole story, with the transcripts that it saw."""

    __tablename__ = "call_decisions"

    decision: Mapped[str] = mapped_column(Writable(20))
    rule: Mapped[str] = mapped_column(Writable(60))
    reaction_ms: Mapped[float | None]
    pii_heard: Mapped[str] = mapped_column(LongText)
    pii_overlap: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ToolRow(_Line, Base):
    """A call of a tool; `status` is empty while it goes on, `seconds` how long it took."""

    __tablename__ = "call_tools"

    tool_call: Mapped[str] = mapped_column(Writable(100), default="")
    name: Mapped[str] = mapped_column(Writable(200))
    pii_arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(Writable(40), default="")
    pii_result: Mapped[str] = mapped_column(LongText, default="")
    seconds: Mapped[float | None] = mapped_column(default=None)


class NoteRow(_Line, Base):
    """What somebody wants to know about a call: `kind` is `error`, `note`, `author note` or `call back`."""

    __tablename__ = "call_notes"

    kind: Mapped[str] = mapped_column(Writable(20))
    pii_text: Mapped[str] = mapped_column(LongText)


class PacketRow(Base):
    """Lines of a call's journal from the number `first` on, as JSON lines, compressed by zlib."""

    __tablename__ = "call_packets"

    call: Mapped[int] = mapped_column(SEQ, primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    pii_lines: Mapped[bytes] = mapped_column(LargeBinary)


class AnalysisRow(Base):
    """What was found out about a call when it was over, by a model.

    Attributes:
        state: `waiting`, `found` or `failed`; error: why nothing was found out, or not yet.
        due: when the model is asked next; tries: how often it was in vain; taken: until when a process has it in hand.
        pii_fields: by the schema of the profile's `after_call.fields`; pii_score: by question, `score` and `why`.
        score: the mean over all questions, 0 to 10.
        edition: how often it was found out, or was given up.
    """

    __tablename__ = "call_analyses"

    call: Mapped[int] = mapped_column(SEQ, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Writable(10), default=WAITING)
    created: Mapped[datetime]
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    taken: Mapped[datetime | None] = mapped_column(default=None)
    done: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(Writable(300), default="")
    model: Mapped[str] = mapped_column(Writable(100), default="")
    pii_summary: Mapped[str] = mapped_column(LongText, default="")
    pii_fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pii_score: Mapped[dict[str, Any]] = mapped_column(default=dict)
    score: Mapped[float | None] = mapped_column(default=None)
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)
    edition: Mapped[int] = mapped_column(default=0)


class WebhookRow(Base):
    """What an endpoint is told of a call, until some days after it has got it.

    Attributes:
        number: in the order in which webhooks were made.
        message: id of the message, and its idempotency key.
        state: `waiting`, `delivered` or `given up`.
        due: when it is tried next; tries: how often it was; status: of the last answer (HTTP), None where none came;
            error: why it was no success.
        taken: until when a process has it in hand; done: when it was delivered or given up.
    """

    __tablename__ = "webhooks"

    number: Mapped[int] = mapped_column(SEQ, primary_key=True)
    call: Mapped[int] = mapped_column(SEQ)
    endpoint: Mapped[str] = mapped_column(Writable(60))
    event: Mapped[str] = mapped_column(Writable(20))
    message: Mapped[str] = mapped_column(Writable(64))
    pii_body: Mapped[str] = mapped_column(LongText)
    state: Mapped[str] = mapped_column(Writable(10), default=WAITING)
    created: Mapped[datetime]
    due: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(Writable(200), default="")
    taken: Mapped[datetime | None] = mapped_column(default=None)
    done: Mapped[datetime | None] = mapped_column(default=None)


class EndpointRow(Base):
    """Who is told of calls: `wanted` has which events of which profiles; its address and its secret are in no database.

    `seen` is when a worker last named it, `gone` when it said that it is gone for good.
    """

    __tablename__ = "webhook_endpoints"

    name: Mapped[str] = mapped_column(Writable(60), primary_key=True)
    wanted: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen: Mapped[datetime]
    gone: Mapped[datetime | None] = mapped_column(default=None)


class TextRow(Base):
    """What was said in a call that is over, as one text in which words are looked for."""

    __tablename__ = "call_texts"

    seq: Mapped[int] = mapped_column(SEQ, primary_key=True, autoincrement=False)
    pii_text: Mapped[str] = mapped_column(LongText)


PARTS = (TurnRow, DecisionRow, ToolRow, NoteRow, PacketRow, AnalysisRow, WebhookRow)
"""Tables with the parts of a call, by its `call`."""
