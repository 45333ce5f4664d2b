"""scripts/supply_chain/audit.py against an index of our own, as a command."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.support.loopback import LOOPBACK, Reply, serving_in_a_thread, unused_port

ROOT = Path(__file__).parents[3]
LOCK = "".join(f"p{number}=={number}.0 \\\n    --hash=sha256:{'ab' * 32}\n" for number in range(6))
FLAW: dict[str, Any] = {
    "id": "PYSEC-1", "aliases": ["CVE-2099-1"], "fixed_in": ["2.1"], "summary": "Runs\x1b[2J code.\nAlways."
}  # fmt: skip
Answer = Callable[[str], tuple[int, bytes]]


class Index:
    """Answers `/private/pypi/NAME/VERSION/json` as `answer` says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: Answer = lambda path: (200, json.dumps({"vulnerabilities": []}).encode())
        self.asked: list[tuple[str, str | None]] = []
        self.url = ""

    def told(self, flaws: dict[str, list[Any]]) -> None:
        """Flaws by the package's name."""
        self.answer = lambda path: (200, json.dumps({"vulnerabilities": flaws.get(path.split("/")[3], [])}).encode())


@pytest.fixture
def index() -> Iterator[Index]:
    known = Index()

    def reply(request: BaseHTTPRequestHandler) -> Reply:
        assert request.command == "GET"
        known.asked.append((request.path, request.headers["Authorization"]))
        status, content = known.answer(request.path)
        return Reply(status, b"", content.decode()) if 300 <= status < 400 else Reply(status, content)

    with serving_in_a_thread(reply) as port:
        known.url = f"http://{LOOPBACK}:{port}/private/simple/"
        yield known


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text(f"# made by hand\n{LOCK}")
    return file


def audit(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.supply_chain.audit", *map(str, arguments)]
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | variables
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=env, timeout=50)


def test_every_package_is_asked_for_at_the_configured_index_alone(index: Index, lock: Path) -> None:
    result = audit("--lock", lock, PIP_INDEX_URL=index.url)
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "6 of 6 packages: no known vulnerability\n"
    assert sorted(path for path, _ in index.asked) == [f"/private/pypi/p{n}/{n}.0/json" for n in range(6)]


def test_a_known_vulnerability_is_1_and_a_line_without_control_characters(index: Index, lock: Path) -> None:
    index.told({"p4": [FLAW], "p5": [{**FLAW, "withdrawn": "2099-01-01"}]})
    result = audit("--lock", lock, "--index", index.url)
    assert result.returncode == 1
    assert result.stdout == "p4==4.0: PYSEC-1 (CVE-2099-1), fixed in 2.1: Runs [2J code. Always.\n"
    told = json.loads(audit("--lock", lock, "--index", index.url, "--json").stdout)
    assert [(each["package"], each["id"], each["fixed_in"]) for each in told["vulnerabilities"]] == [
        ("p4", "PYSEC-1", ["2.1"])
    ]


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-2099-1"])
def test_one_that_was_looked_at_can_be_left_out_by_any_of_its_names(name: str, index: Index, lock: Path) -> None:
    index.told({"p4": [FLAW]})
    assert audit("--lock", lock, "--index", index.url, "--ignore", name).returncode == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda path: (404, b""), "HTTP 404"),
        (lambda path: (200, b"<html>"), "the answer is not JSON"),
        (lambda path: (200, b"[" * 100_000), "the answer is not JSON"),
        (lambda path: (200, b"{}"), "the answer has no list of vulnerabilities"),
        (lambda path: (302, b"http://127.0.0.1:9/"), "HTTP 302"),
    ],
)
def test_an_index_without_such_a_list_is_told_once_and_is_3(
    answer: Answer, reason: str, index: Index, lock: Path
) -> None:
    index.answer = answer
    result = audit("--lock", lock, "--index", index.url)
    shown = index.url.removesuffix("/simple/")
    assert (result.returncode, len(index.asked)) == (3, 3)
    expected = f"not audited: no list of known vulnerabilities is reachable at {shown}: {reason}\n"
    assert result.stderr == expected


def test_an_index_that_is_not_there_is_told_and_is_3(lock: Path) -> None:
    result = audit("--lock", lock, "--index", f"http://127.0.0.1:{unused_port()}/simple")
    assert result.returncode == 3
    assert "not audited: no list" in result.stderr and "refused" in result.stderr


def test_a_package_that_the_index_does_not_know_is_named_and_never_passes_as_checked(index: Index, lock: Path) -> None:
    index.answer = lambda path: (404, b"") if "/p5/" in path else (200, b'{"vulnerabilities": []}')
    result = audit("--lock", lock, "--index", index.url)
    assert result.returncode == 3
    assert result.stderr == "not told: p5==5.0: HTTP 404\n5 of 6 packages: no known vulnerability\n"


def test_the_password_of_an_index_goes_to_it_alone(index: Index, lock: Path) -> None:
    index.answer = lambda path: (404, b"")
    result = audit("--lock", lock, "--index", index.url.replace("http://", "http://me:s3cr%40t@"))
    assert {key for _, key in index.asked} == {"Basic bWU6czNjckB0"}
    assert "s3cr" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "has no packages"),
        ("a>=1\n", ":1: is not NAME==VERSION"),
        ("a==1\n-e .\n", ":2: is not"),
        (None, "cannot be"),
    ],
)
def test_a_lock_that_is_none_is_one_line_and_2(content: str | None, told: str, tmp_path: Path) -> None:
    file = tmp_path / "a.lock"
    if content is not None:
        file.write_text(content)
    result = audit("--lock", file)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith(str(file)) and told in result.stderr


@pytest.mark.parametrize("url", ["", "pypi.org/simple", "file:///etc", "http://"])
def test_an_index_that_is_no_address_is_2(url: str, lock: Path) -> None:
    result = audit("--lock", lock, "--index", url)
    assert (result.returncode, result.stderr) == (2, "--index: is not an http or https address\n")
