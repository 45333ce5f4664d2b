"""Scripted calls over a real livekit-sip to a real worker."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callagent.journal import CallEnded, Trouble
from callagent.scripted_calls import CallPlan, Watcher, load_call
from callagent.scripted_calls.levels.sip import SipLevel
from callagent.scripted_calls.levels.sip.sip_call import SipStage
from callagent.scripted_calls.run.call_runner import FinishedCall, make_call
from callagent.scripted_calls.run.live_call import LevelUnavailable, Stage
from callagent.scripted_calls.servers import livekit_sip
from callagent.scripted_calls.servers.local_stack import SipStack
from tests.support.livekit_server import RunningWorker, line_of, record_where
from tests.support.patience import patient

SHIPPED = Path(__file__).parents[4] / "configs" / "calls"
ROOM = Path(__file__).parents[1] / "room"
SCRIPTS = [SHIPPED / "booking.yaml", SHIPPED / "hang-up-mid-sentence.yaml", ROOM / "stop-and-goodbye.yaml"]


class SharedStack(SipLevel):
    """The level on a stack and a worker that are there already."""

    def __init__(self, stack: SipStack, worker: RunningWorker, agent_name: str = "") -> None:
        super().__init__()
        self._shared = stack
        self._worker = worker
        self._name = agent_name or worker.agent_name

    def stage(self, plan: CallPlan) -> Stage:
        never: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        return SipStage(plan, self._shared, self._name, broken=never, records=self._worker.records)


async def made(level: SipLevel, path: Path) -> FinishedCall:
    over: list[FinishedCall] = []
    await make_call(level, patient(load_call(path)), Watcher(), over.append)
    return over[0]


@pytest.mark.sip
@pytest.mark.local_models
@pytest.mark.timeout(400)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_a_scripted_call_passes_over_sip(sip_stack: SipStack, sip_worker: RunningWorker, path: Path) -> None:
    finished = await made(SharedStack(sip_stack, sip_worker), path)
    failed = [f"{step.expected}: {step.observed}" for step in finished.result.steps if not step.passed]
    assert (failed, finished.result.log.of(Trouble)) == ([], [])


@pytest.mark.sip
@pytest.mark.local_models
@pytest.mark.timeout(400)
async def test_the_log_of_a_call_at_debug_tells_neither_words_nor_numbers(
    sip_stack: SipStack, sip_worker: RunningWorker
) -> None:
    sip_worker.process.tail.clear()
    before = datetime.now(UTC).isoformat(timespec="milliseconds")
    finished = await made(SharedStack(sip_stack, sip_worker), ROOM / "stop-and-goodbye.yaml")
    record = await record_where(sip_worker, lambda record: record["started"] >= before)
    await line_of(sip_worker, "call ended")
    log = "\n".join(sip_worker.process.tail).casefold()
    said = [turn["text"] for turn in record["turns"]]
    assert finished.result.passed and "goodbye" in " ".join(said).casefold()
    assert [words for text in said for words in in_threes(text) if words in log] == []
    assert [word for word in ("harbour", "dental", "goodbye", "protection") if word in log] == []
    assert [number for number in numbers(record) if number[-7:] in log] == []
    assert "conversation_item_added" in log


def in_threes(text: str) -> list[str]:
    """Every three words in a row; of fewer, all together."""
    words = text.casefold().split()
    return [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))] if words else []


def numbers(record: dict[str, Any]) -> list[str]:
    """The numbers of a call's two parties."""
    told = [record["context"]["number"], record["context"]["own_number"]]
    assert all(len(number) > 10 for number in told), told
    return told


@pytest.mark.sip
@pytest.mark.timeout(60)
async def test_a_call_that_nobody_answers_fails_with_the_cause(sip_stack: SipStack, sip_worker: RunningWorker) -> None:
    finished = await made(SharedStack(sip_stack, sip_worker, "nobody"), SHIPPED / "hang-up-mid-sentence.yaml")
    (ended,) = finished.result.log.of(CallEnded)
    assert (finished.result.passed, ended.reason) == (False, "error")
    assert "not answered" in finished.result.log.of(Trouble)[0].message or "no agent answered" in str(
        finished.result.log.of(Trouble)
    )


def test_the_scripts_of_this_level_are_there() -> None:  # also where it cannot run
    assert [path for path in SCRIPTS if not path.is_file()] == []


def test_without_livekit_sip_the_level_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(livekit_sip.BINARY_VARIABLE, "/nowhere/livekit-sip")
    with pytest.raises(LevelUnavailable, match=r"needs livekit-sip on the PATH .*livekit/sip:v1\.10\.0"):
        SipLevel().check([])
