"""A call of a worker in virtual time, and everything that it leaves: logs, traces, files, the database, pages."""

import asyncio
import io
import json
import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import prometheus_client
from click.testing import CliRunner
from livekit.agents import telemetry
from opentelemetry.trace import NoOpTracerProvider
from pyarrow import parquet
from starlette.testclient import TestClient

from callagent.after_call import Analyst
from callagent.call_context import CallContext
from callagent.cli.logs import LineFormatter
from callagent.cli.main import main
from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.journal.observer import SessionObserver
from callagent.journal.packets import packet_of
from callagent.profile import Profile
from callagent.records import RecordStore, places
from callagent.records.analyses import AnalysisQueue
from callagent.sanitise import json_text
from callagent.worker import WorkerConfig
from callagent.worker.call.lifecycle import CallLife
from callagent.worker.call.tracing import CallTrace, start_tracing
from callagent.worker.kept_calls import delivered_records
from callagent.worker.metrics.call_figures import CallFigures
from callagent.worker.metrics.instruments import count
from tests.support.livekit_peer import KEY, SECRET
from tests.support.loopback import Reply, serving_in_a_thread
from tests.support.model_peer import answering
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall
from tests.support.webhook_receiver import receiving

CALL, ROOM = "AJ_planted", "call-1"
CALLER = "+12025550199"
NOBODY = "http://127.0.0.1:9"
ANSWERED_S = 12.0
"""From what the caller says until the agent has answered to the end, in virtual seconds."""
WITHIN_S = 100.0
"""How long a busy machine may take for what is done at once."""


@dataclass
class Traces:
    """What is left, by where: each a text in which personal data is looked for.

    Attributes:
        words: places that have words of the call, masked by the policy of its profile.
        wordless: places that have none, whatever the policy is.
    """

    words: dict[str, str] = field(default_factory=dict)
    wordless: dict[str, str] = field(default_factory=dict)


@contextmanager
def logged(*, show_pii: bool = False) -> Iterator[list[str]]:
    """All that callagent and livekit log meanwhile, at debug, as `serve` writes it."""
    lines: list[str] = []
    formatter = LineFormatter(show_pii=show_pii)

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    handler, loggers = Lines(), [logging.getLogger(name) for name in ("callagent", "livekit", "livekit.agents")]
    levels = [each.level for each in loggers]
    for each in loggers[:2]:
        each.addHandler(handler)
    for each in loggers:
        each.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
            each.removeHandler(handler)


@contextmanager
def traced() -> Iterator[tuple[str, list[bytes]]]:
    """A collector of traces: its address, and what comes."""
    taken: list[bytes] = []

    def take(request: Any) -> Reply:
        taken.append(request.rfile.read(int(request.headers["Content-Length"])))
        return Reply(200, b"")

    with serving_in_a_thread(take) as port:
        url = f"http://127.0.0.1:{port}"
        try:
            yield url, taken
        finally:
            start_tracing(url).shutdown()
            telemetry.set_tracer_provider(NoOpTracerProvider())
            start_tracing.cache_clear()


@dataclass
class WorkerCall:
    """A call as the worker's process of it has it, but for the room.

    Args:
        directory: where it leaves its files.
    """

    profile: Profile
    directory: Path
    context: CallContext = field(default_factory=lambda: CallContext(number=CALLER, identity=f"sip_{CALLER}"))
    packets: list[str] = field(default_factory=list)

    def config(self, **more: Any) -> WorkerConfig:
        return WorkerConfig(
            url=NOBODY,
            api_key=KEY,
            api_secret=SECRET,
            max_calls=1,
            records=self.directory / "records",
            database=str(self.directory / "records.db"),
            keep_calls=True,
            **more,
        )

    async def goes(self, config: WorkerConfig, provider: Any, said: Iterable[str], keys: str) -> CallFigures:
        """The caller says it all, and keys in the digits that are asked for."""
        callbacks: list[Any] = []
        ctx: Any = SimpleNamespace(
            job=SimpleNamespace(id=CALL, room=SimpleNamespace(name=ROOM)),
            room=SimpleNamespace(),
            shutdown=lambda _: None,
            add_shutdown_callback=callbacks.append,
        )
        life, profile = CallLife(config, ctx), self.profile
        life.about(self.context)
        life.record.log.redact(profile.privacy.redaction(profile.language))
        life.record.redact, life.record.language = profile.privacy.redact, profile.language
        life.record.after_call = profile.after_call.is_wanted
        life.begins(profile.name, "default", "5a")
        record = life.record
        with telemetry.tracer.start_as_current_span("job"):
            record.log.listen(CallTrace(provider, record.clock).put)
            record.log.listen(lambda entry: self._told(packet_of(entry, record.clock)))
            async with VirtualCall(profile, record=record) as call:
                session, gate = call.call.session, call.call.gate
                observer = SessionObserver(session, gate, record.log, record.clock, call.call.name_of)
                call.call.keypad.watch(observer.key_pressed)
                if gate is not None:
                    gate.on_event(life.keep)
                session.on("close", lambda event: life.session_closed(event))
                record.answer()
                for text in [*said, "I want to key it in."]:
                    await call.interject(text)
                    await asyncio.sleep(ANSWERED_S)
                for key in keys:
                    await asyncio.sleep(0.2)
                    call.call.keypad.press(key)
                await call.hears("Thanks for that")
        for callback in callbacks:
            await callback(record.reason)
        return CallFigures.of(record)

    def _told(self, packet: dict[str, Any] | None) -> None:
        if packet is not None:
            self.packets.append(json_text(packet))


def traces_of(call: WorkerCall, said: Iterable[str], keys: str, found_out: str, *, show_pii: bool = False) -> Traces:
    """Everything that a call leaves in which this is said; `found_out` is what a model answers that is asked of it."""
    traces = Traces()
    with logged(show_pii=show_pii) as lines, traced() as (url, spans):
        provider = start_tracing(url)
        spool = places(str(call.directory / "records.db"))[0]
        config = call.config(spool=(spool,))
        count(virtually(lambda: call.goes(config, provider, said, keys)))
        traces.words["spool"] = "".join(path.read_text() for path in spool.iterdir())
        asyncio.run(_kept(call, traces, found_out))
        provider.force_flush()
        traces.words["packets of development"] = "\n".join(call.packets)
        traces.words |= dict(_of_the_console(call.directory / "records.db"))
        traces.words |= dict(_of_commands(call.directory))
        traces.wordless["log"] = "\n".join(lines)
        traces.wordless["trace"] = b"".join(spans).decode("utf-8", "replace")
    traces.wordless["metrics"] = prometheus_client.generate_latest().decode()
    traces.wordless["names of files"] = "\n".join(str(path) for path in call.directory.rglob("*"))
    return traces


async def _kept(call: WorkerCall, traces: Traces, found_out: str) -> None:
    """Bring the call into the database, as the worker does, and ask about it; endpoints are told of both."""
    async with receiving() as receiver, answering(found_out) as model:
        settings = call.profile.model_dump(mode="json", by_alias=True, exclude_none=True)
        settings["after_call"]["llm"] = model.settings
        profile = Profile.model_validate(settings)
        async with delivered_records(call.config(webhooks=(receiver.endpoint(),))):
            await receiver.gets(3, WITHIN_S)
            queue = await asyncio.to_thread(AnalysisQueue, str(call.directory / "records.db"))
            with closing(queue):
                assert await Analyst(queue, lambda _: profile).round() == 1
            await receiver.gets(4, WITHIN_S)
            traces.words |= await asyncio.to_thread(lambda: dict(_of_the_database(call.directory / "records.db")))
        assert model.requests
        traces.words["what a model was asked"] = json.dumps(model.requests)
        traces.words["webhooks"] = b"".join(body for _, body in receiver.requests).decode()


def _of_the_database(file: Path) -> Iterator[tuple[str, str]]:
    """Its bytes, those of its log too, and its packets, which are compressed there."""
    for path in (file, file.with_name(f"{file.name}-wal")):
        yield path.name, path.read_bytes().decode("utf-8", "replace")
    with closing(sqlite3.connect(file)) as database:
        packets = database.execute("SELECT pii_lines FROM call_packets").fetchall()
        yield "journal in the database", b"".join(zlib.decompress(each) for (each,) in packets).decode()


def _of_the_console(file: Path) -> Iterator[tuple[str, str]]:
    with closing(RecordStore(str(file))) as store:
        client = TestClient(create_app(ConsoleConfig("127.0.0.1"), store), base_url="http://127.0.0.1:8083")
        for path in ("/", "/calls", f"/calls/{CALL}", f"/calls/{CALL}/report", f"/calls/{CALL}/journal", "/panel"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            yield f"console {path}", answer.text


def _of_commands(directory: Path) -> Iterator[tuple[str, str]]:
    database = ["--database", str(directory / "records.db")]
    for arguments in (["list", "--json"], ["show", CALL], ["show", "--json", CALL], ["script", CALL]):
        yield f"records {' '.join(arguments)}", _printed([*arguments, *database])
    for name in ("calls.csv", "calls.jsonl", "calls.parquet"):
        _printed(["export", "--out", str(directory / name), *database])
    for name in ("calls.csv", "calls.jsonl"):
        yield name, (directory / name).read_text()
    table = parquet.read_table(io.BytesIO((directory / "calls.parquet").read_bytes()))
    yield "calls.parquet", json.dumps(table.to_pylist(), default=str)
    _printed(["report", "--out", str(directory / "pages"), CALL, *database])
    yield "report", "".join(path.read_text() for path in (directory / "pages").rglob("*.html"))
    yield "files of --records", "".join(path.read_text() for path in (directory / "records").iterdir())


def _printed(arguments: list[str]) -> str:
    result = CliRunner().invoke(main, ["records", *arguments])
    assert result.exit_code == 0, result.output
    return result.output
