from pathlib import Path

import pytest

from callagent.providers.outages.breaker import CHECK_S, PAUSE_S, WELL, WINDOW_S, Breaker, Circuit
from callagent.providers.outages.breaker_file import FileCell, breakers_in

NOW = 1000.0


def only_file(directory: Path) -> Path:
    (file,) = directory.iterdir()
    return file


def test_two_failures_in_the_window_open_the_circuit_and_one_does_not() -> None:
    once = WELL.failed(NOW)
    assert once.state(NOW) == "closed"
    assert once.failed(NOW + WINDOW_S - 1).state(NOW + WINDOW_S - 1) == "open"
    assert once.failed(NOW + WINDOW_S + 1).state(NOW + WINDOW_S + 1) == "closed"


def test_after_the_pause_one_call_at_a_time_may_try() -> None:
    opened = WELL.failed(NOW).failed(NOW)
    assert opened.checking(NOW + PAUSE_S - 1) is None
    later = NOW + PAUSE_S
    assert opened.state(later) == "half open"
    tried = opened.checking(later)
    assert tried is not None
    assert tried.checking(later + CHECK_S - 1) is None, "another call"
    assert tried.checking(later + CHECK_S) is not None, "whoever tried may be gone"
    again = tried.failed(later + 1)
    assert again.state(later + PAUSE_S) == "open" and again.state(later + 1 + PAUSE_S) == "half open"


async def test_a_success_closes_the_circuit_and_forgets_the_failures() -> None:
    breaker = Breaker()
    breaker.failed()
    breaker.succeeded()
    states = [breaker.state]
    breaker.failed()
    states.append(breaker.state)
    breaker.failed()
    states.append(breaker.state)
    breaker.succeeded()
    assert [*states, breaker.state] == ["closed", "closed", "open", "closed"]


async def test_what_one_call_knows_the_next_one_knows(tmp_path: Path) -> None:
    one, other = (Breaker(FileCell(tmp_path, "llm openai", {"model": "a"})) for _ in range(2))
    one.failed()
    one.failed()
    assert other.state == "open"
    assert Breaker(FileCell(tmp_path, "llm openai", {"model": "b"})).state == "closed", "another model"
    assert [(name, circuit.failures) for name, circuit in breakers_in(tmp_path)] == [("llm openai", 2)]
    other.succeeded()
    assert one.state == "closed"


async def test_only_one_of_two_calls_checks(tmp_path: Path) -> None:
    one, other = (Breaker(FileCell(tmp_path, "llm openai", {})) for _ in range(2))
    one.failed()
    assert [one.may_check(), other.may_check()] == [True, False]


async def test_no_key_is_in_a_shared_file_or_its_name(tmp_path: Path) -> None:
    Breaker(FileCell(tmp_path, "llm openai", {"api_key": "s3cret"})).failed()
    file = only_file(tmp_path)
    assert b"s3cret" not in file.read_bytes() and "s3cret" not in file.name
    assert file.stat().st_mode & 0o077 == 0


async def test_where_nothing_can_be_shared_the_provider_is_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    breaker = Breaker(FileCell(tmp_path / "gone", "llm openai", {}))
    breaker.failed()
    breaker.failed()
    assert breaker.state == "closed" and breaker.may_check()
    assert "a circuit breaker is not shared" in caplog.text


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 31])
async def test_a_file_that_holds_no_state_is_a_closed_circuit(tmp_path: Path, content: bytes) -> None:
    cell = FileCell(tmp_path, "llm openai", {})
    cell.change(lambda _: Circuit(1, NOW, 0.0, 0.0))
    file = only_file(tmp_path)
    file.write_bytes(content)
    assert cell.read() == WELL and list(breakers_in(tmp_path)) == []
