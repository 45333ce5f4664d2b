import json

import pytest
from click.testing import CliRunner, Result

from callagent.cli.commands import doctor
from callagent.cli.main import main
from callagent.cli.output import ExitStatus
from callagent.doctor import Check, Finding, Subject
from callagent.doctor.check import Address, failed, ok
from callagent.doctor.checks.key_pair import KEYS
from tests.support.loopback import unused_port

SECRET = "s3cret-" * 6


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch) -> list[Subject]:
    """What was examined, by one check that finds nothing wrong."""
    seen: list[Subject] = []

    async def see(subject: Subject) -> Finding:
        seen.append(subject)
        return ok("all well")

    monkeypatch.setattr(doctor, "CHECKS", (Check("only", see),))
    return seen


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


def test_a_finding_is_one_line_and_what_to_do_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(_: Subject) -> Finding:
        return failed("no server", "start it")

    monkeypatch.setattr(doctor, "CHECKS", (Check("server", find),))
    result = run()
    assert result.stdout == "server  failed   no server\n                 -> start it\n"
    assert result.exit_code == ExitStatus.FAILED


def test_json_is_all_that_stdout_gets(subjects: list[Subject]) -> None:
    result = run("--json")
    (check,) = json.loads(result.stdout)["checks"]
    assert check.pop("seconds") >= 0
    assert check == {"check": "only", "state": "ok", "found": "all well", "remedy": ""}
    assert (json.loads(result.stdout)["ok"], result.exit_code) == (True, ExitStatus.OK)


@pytest.mark.parametrize(
    ("given", "address"),
    [("pbx", Address("pbx")), ("pbx:5070", Address("pbx", 5070)), ("[::1]:5070", Address("::1", 5070))],
)
def test_a_gateway_is_a_host_with_or_without_a_port(subjects: list[Subject], given: str, address: Address) -> None:
    run("--gateway", given)
    assert [subject.gateway for subject in subjects] == [address]


@pytest.mark.parametrize("given", ["", ":5060", "pbx:0", "pbx:65536", "pbx:sip", "a b", "sip:pbx"])
def test_what_is_no_address_is_status_2(subjects: list[Subject], given: str) -> None:
    assert (run("--gateway", given).exit_code, subjects) == (ExitStatus.INVALID, [])


def test_the_environment_is_read_and_development_is_this_machine(
    subjects: list[Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEKIT_URL", "wss://voice.example.com")
    run(), run("--dev")
    production, development = subjects
    assert (production.connection.url, production.health_port) == ("wss://voice.example.com", 8081)
    assert (development.connection.url, development.health_port) == ("ws://127.0.0.1:7880", 0)


def test_with_nothing_there_every_line_says_why_and_no_secret_is_printed() -> None:
    result = run("--url", f"ws://127.0.0.1:{unused_port()}", "--api-key", "key", "--api-secret", SECRET, "--port", "0")
    assert result.exit_code == ExitStatus.FAILED
    assert "connection refused" in result.stdout and SECRET not in result.output


def test_an_url_that_is_none_leaves_json_for_whoever_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (KEYS,))
    result = run("--url", "ws://[", "--api-key", "key", "--api-secret", SECRET, "--json")
    (check,) = json.loads(result.stdout)["checks"]
    assert (check["state"], result.exit_code) == ("failed", ExitStatus.FAILED)


def test_without_any_setting_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (KEYS,))
    result = run()
    assert "LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET not set" in result.stdout
