import asyncio

from callagent.journal import AgentAudible, AgentSilent, CallEnded, ObservationLog, ToolCalled
from tests.support.virtual import virtually


def now() -> float:
    return asyncio.get_running_loop().time()


def later(log: ObservationLog, at: float) -> None:
    asyncio.get_running_loop().call_at(at, lambda: log.add(AgentAudible(at)))


def test_waiting_ends_with_the_event_itself() -> None:
    async def body() -> tuple[float, float]:
        log = ObservationLog(now)
        later(log, 1.5)
        found = await log.wait_for(lambda: log.last(AgentAudible), until=9.0)
        assert found is not None
        return found.at, round(now(), 6)

    assert virtually(body) == (1.5, 1.5)


def test_waiting_ends_when_its_time_is_over() -> None:
    async def body() -> tuple[object, float]:
        log = ObservationLog(now)
        later(log, 1.5)
        return await log.wait_for(lambda: log.last(AgentSilent), until=1.25), round(now(), 6)

    assert virtually(body) == (None, 1.25)


def test_what_is_there_already_is_found_at_once() -> None:
    async def body() -> float:
        log = ObservationLog(now)
        log.add(AgentAudible(0.0))
        await log.wait_for(lambda: log.last(AgentAudible), until=9.0)
        return now()

    assert virtually(body) == 0.0


def test_sleeping_ends_with_the_call() -> None:
    async def body() -> float:
        log = ObservationLog(now)
        asyncio.get_running_loop().call_at(1.0, lambda: log.add(CallEnded(1.0, "error")))
        await log.sleep_until(5.0)
        return round(now(), 6)

    assert virtually(body) == 1.0


def test_a_call_ends_once() -> None:
    log = ObservationLog(lambda: 0.0)
    log.add(CallEnded(1.0, "caller hung up"))
    log.add(CallEnded(2.0, "agent hung up"))
    assert log.ended == CallEnded(1.0, "caller hung up")
    assert len(log) == 1


def test_entries_are_found_by_kind() -> None:
    log = ObservationLog(lambda: 0.0)
    seen: list[object] = []
    log.listen(seen.append)
    entries = [AgentAudible(1.0), ToolCalled(2.0, "book", {}), AgentAudible(3.0)]
    for entry in entries:
        log.add(entry)
    assert seen == list(log) == entries
    assert log.of(AgentAudible) == [AgentAudible(1.0), AgentAudible(3.0)]
    assert log.last_of(AgentAudible, ToolCalled) == AgentAudible(3.0)
