"""The judge against a real HTTP server on loopback."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import evals

from callagent.scripted_calls.run.judge import KEY, MODEL, URL, EndpointJudge, Judgement, NotJudged, judge_of
from tests.support.loopback import LOOPBACK, Reply, listening, serving_in_a_thread
from tests.support.scripted import run_text

SCRIPT = """\
call: A call
agent:
  greeting: Good morning, how can I help you?
  replies: [{when: hours, say: "I am sorry, we are closed today."}]
steps:
  - agent_says: help you
  - {caller: What are your hours?, when: agent listening, after: 400 ms}
  - judge: The agent apologises.
"""


@dataclass
class Endpoint:
    """Answers every request with `content`, or with `body` or `status` where one is set, and keeps the requests."""

    content: str = '{"met": true, "reason": "It says sorry."}'
    body: bytes | None = None
    status: int = 200
    requests: list[dict[str, Any]] = field(default_factory=list)
    location: str = ""
    url: str = ""

    def answer(self) -> bytes:
        choice = {"message": {"role": "assistant", "content": self.content}}
        return json.dumps({"choices": [choice]}).encode() if self.body is None else self.body


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    known = Endpoint()

    def reply(request: BaseHTTPRequestHandler) -> Reply:
        assert request.command == "POST"
        question = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        known.requests.append({"path": request.path, "key": request.headers["Authorization"], **question})
        return Reply(known.status, known.answer(), known.location)

    with serving_in_a_thread(reply) as port:
        known.url = f"http://{LOOPBACK}:{port}/v1"
        monkeypatch.setenv(URL, known.url)
        yield known


def test_the_endpoint_gets_the_criterion_and_the_conversation(endpoint: Endpoint) -> None:
    judge = judge_of({URL: endpoint.url, MODEL: "a-model", KEY: "secret"})
    assert judge.judge("The agent apologises.", "Agent: Sorry.") == Judgement(True, "It says sorry.")
    (request,) = endpoint.requests
    assert (request["path"], request["key"], request["model"]) == ("/v1/chat/completions", "Bearer secret", "a-model")
    assert "Agent: Sorry.\n\nCriterion: The agent apologises." in request["messages"][1]["content"]


def test_an_answer_may_be_wrapped_in_words(endpoint: Endpoint) -> None:
    endpoint.content = 'Here:\n```json\n{"met": false, "reason": "It\n does not."}\n```'.replace("\n does", " does")
    assert EndpointJudge(endpoint.url).judge("x", "y") == Judgement(False, "It does not.")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": 401}, "answers with HTTP 401"),
        ({"body": b"<html>"}, "does not answer as an OpenAI-compatible endpoint does"),
        ({"body": b"{}"}, "does not answer as an OpenAI-compatible endpoint does"),
        ({"content": "Yes, it is met."}, "gave no verdict: 'Yes, it is met.'"),
        ({"content": '{"met": "yes"}'}, "gave no verdict"),
    ],
)
def test_what_is_no_verdict_is_no_judgement(endpoint: Endpoint, change: dict[str, Any], message: str) -> None:
    for name, value in change.items():
        setattr(endpoint, name, value)
    with pytest.raises(NotJudged, match=message):
        EndpointJudge(endpoint.url).judge("x", "y")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "file:///etc/passwd", "http://[/v1"])
def test_an_endpoint_that_cannot_be_asked_is_told(url: str) -> None:
    with pytest.raises(NotJudged, match=r"cannot be asked|is not an http or https address"):
        EndpointJudge(url, timeout=2.0).judge("x", "y")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(status: int, endpoint: Endpoint) -> None:
    """Whoever it leads to would get the key and the conversation."""
    with listening() as elsewhere:
        endpoint.status, endpoint.location = status, f"http://127.0.0.1:{elsewhere}/v1/chat/completions"
        with pytest.raises(NotJudged, match=f"answers with HTTP {status}$"):
            EndpointJudge(endpoint.url, key="secret", timeout=2.0).judge("x", "y")


def test_an_unencrypted_judge_elsewhere_is_asked_only_where_that_is_allowed() -> None:
    elsewhere = {URL: "http://judge.invalid/v1", KEY: "secret"}
    with pytest.raises(NotJudged, match=r"http://judge\.invalid is not encrypted"):
        judge_of(elsewhere).judge("It is.", "caller: Hi.")
    with pytest.raises(NotJudged, match="cannot be asked"):
        judge_of({**elsewhere, "CALLAGENT_INSECURE": "1"}).judge("It is.", "caller: Hi.")


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(EndpointJudge("http://127.0.0.1/v1", key="secret"))


@pytest.mark.text
@pytest.mark.parametrize(("met", "passed"), [("true", True), ("false", False)])
def test_a_step_is_judged_on_the_conversation_so_far(
    endpoint: Endpoint, tmp_path: Path, met: str, passed: bool
) -> None:
    endpoint.content = f'{{"met": {met}, "reason": "It says sorry."}}'
    result = run_text(tmp_path, SCRIPT)
    assert (result.passed, result.failed) == (passed, not passed)
    assert result.steps[2].observed == "It says sorry."
    (request,) = endpoint.requests
    assert request["messages"][1]["content"].endswith(
        "Agent: Good morning, how can I help you?\nCaller: What are your hours?\n"
        "Agent: I am sorry, we are closed today.\n\nCriterion: The agent apologises."
    )


@pytest.mark.text
def test_without_an_endpoint_a_step_is_neither_passed_nor_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(URL, raising=False)
    result = run_text(tmp_path, SCRIPT)
    assert (result.passed, result.failed) == (False, False)
    assert result.steps[2].observed.startswith(f"not judged: {URL} is not set")
    assert result.as_dict()["steps"][2]["judged"] is False


@pytest.mark.text
def test_a_step_after_one_that_was_lost_is_not_judged_but_failed(endpoint: Endpoint, tmp_path: Path) -> None:
    result = run_text(tmp_path, SCRIPT.replace("agent_says: help you", "agent_says: no such words"))
    assert result.failed
    assert result.steps[2].observed == "not reached: step 1 failed"
    assert endpoint.requests == []


def test_livekit_has_no_public_judge_of_a_criterion_of_ones_own() -> None:
    """Once it has, see the head of `callagent.scripted_calls.run.judge`."""
    made = [evals.Judge, *(getattr(evals, name) for name in evals.__all__ if name.endswith("_judge"))]
    assert {parameter for each in made for parameter in inspect.signature(each).parameters} == {"name", "llm"}
