"""`callagent records analyse`: a model looks at calls that are over, and what it found is shown with them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.records import RecordStore
from tests.support.kept_calls import head_of, keep, talk
from tests.support.loopback import Reply, serving_in_a_thread

ANSWER = {"summary": "An appointment on Monday.", "score": {"solved": {"score": 4, "why": "Not booked."}}}


def records(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["records", *arguments])


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "records.db"
    monkeypatch.setenv("CALLAGENT_DATABASE", str(file))
    store = RecordStore(str(file))
    keep(store, replace(head_of("AJ_1"), after_call=True))
    keep(store, head_of("AJ_2", 1), talk()[:-1])
    store.begin(head_of("AJ_live", 5_000_000))
    store.close()
    return file


def stream() -> bytes:
    def event(delta: dict[str, str], reason: str | None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        return f"data: {json.dumps(chunk)}\n\n"

    return (event({"content": json.dumps(ANSWER)}, None) + event({}, "stop") + "data: [DONE]\n\n").encode()


def asking(port: int) -> list[str]:
    model = {"use": "openai", "model": "m", "base_url": f"http://127.0.0.1:{port}/v1"}
    wanted = {"summary": True, "score": {"solved": "Was it solved?"}, "llm": model}
    return ["--set", f"after_call={json.dumps(wanted)}"]


@pytest.mark.usefixtures("database")
def test_what_a_model_finds_out_is_in_the_page_of_the_call(tmp_path: Path) -> None:
    with serving_in_a_thread(lambda _: Reply(200, stream())) as port:
        records("analyse", "AJ_1", *asking(port))
    result = records("report", "AJ_1", "AJ_2", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    pages = {call: (tmp_path / call / "report.html").read_text(encoding="utf-8") for call in ("AJ_1", "AJ_2")}
    assert "<dt>summary</dt><dd>An appointment on Monday.</dd>" in pages["AJ_1"]
    assert "<dt>solved</dt><dd>4 of 10 (Not booked.)</dd>" in pages["AJ_1"]
    assert "Found out afterwards" not in pages["AJ_2"]


@pytest.mark.usefixtures("database")
def test_what_a_model_finds_out_is_shown_listed_and_exported() -> None:
    with serving_in_a_thread(lambda _: Reply(200, stream())) as port:
        result = records("analyse", "AJ_1", *asking(port))
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "AJ_1",
        "  summary     An appointment on Monday.",
        "  solved      4 of 10 (Not booked.)",
    ]
    assert "summary     An appointment on Monday." in records("show", "AJ_1").stdout
    whole = json.loads(records("show", "AJ_1", "--json").stdout)
    assert (whole["analysis"]["overall"], whole["call"]["score"]) == (4.0, 4.0)
    listed = json.loads(records("list", "--score-under", "5", "--json").stdout)["calls"]
    assert [call["id"] for call in listed] == ["AJ_1"]
    assert records("list", "--score-under", "4").stderr == "no such call\n"
    assert "An appointment on Monday." in records("export").stdout


@pytest.mark.usefixtures("database")
def test_a_model_that_fails_is_told_and_takes_nothing_that_was_found_before() -> None:
    with serving_in_a_thread(lambda _: Reply(200, stream())) as port:
        assert records("analyse", "AJ_1", *asking(port)).exit_code == 0
    with serving_in_a_thread(lambda _: Reply(503, b"{}")) as port:
        failed = records("analyse", "AJ_1", "AJ_2", *asking(port))
    assert failed.exit_code == 1
    assert "AJ_1: the model answers 503" in failed.stderr
    shown = json.loads(records("show", "AJ_1", "--json").stdout)["analysis"]
    assert (shown["state"], shown["summary"]) == ("found", "An appointment on Monday.")
    assert "analysis    failed (the model answers 503)" in records("show", "AJ_2").stdout


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["AJ_none"], 2, "no call has an id that begins with 'AJ_none'"),
        (["AJ_1"], 1, "the profile 'en-US' has no after_call"),
        (["AJ_1", "--set", "after_call.summary=true"], 1, "name one at after_call.llm"),
        (["AJ_1", "--set", "after_call.sumary=true"], 2, "after_call.sumary: unknown key; did you mean 'summary'?"),
        (["AJ_1", "--set", "after_call={score: {'a b': x}}"], 2, "the name of a question has letters"),
        (["AJ_1", "--profile", "nobody"], 2, "unknown profile"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], status: int, told: str) -> None:
    result = records("analyse", *arguments)
    assert (result.exit_code, told in result.stderr) == (status, True), result.output
