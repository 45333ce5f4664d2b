"""The file of endpoints: what it may say, and one line for each mistake in it."""

from pathlib import Path

import pytest

from callagent.records import load_webhooks
from callagent.records.webhooks.settings import EVENTS
from callagent.yaml_config import ConfigError

ENV = {"CRM_SECRET": "whsec_" + "A" * 32, "OLD_SECRET": "x" * 16, "SHORT": "short", "CODE": "s3cr3t", "BAD": "whsec_ä"}

WHOLE = """\
webhooks:
  crm:
    url: https://crm.example.com/calls?code=${CODE}
    secret: ["${CRM_SECRET}", "${OLD_SECRET}"]
    events: [ended, analysed]
    profiles: [bakery]
    transcript: false
    timeout: 2 s
  board: {url: "http://localhost:9000", secret: "${OLD_SECRET}"}
"""


def file_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "webhooks.yaml").write_text(text)
    return tmp_path / "webhooks.yaml"


def problems(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        load_webhooks(file_with(tmp_path, text), ENV)
    return str(raised.value).replace(str(tmp_path) + "/", "")


def test_a_file_names_endpoints(tmp_path: Path) -> None:
    crm, board = load_webhooks(file_with(tmp_path, WHOLE), ENV)
    assert (crm.name, crm.url, crm.host) == ("crm", "https://crm.example.com/calls?code=s3cr3t", "crm.example.com")
    assert (crm.keys, crm.timeout_s, crm.transcript) == ((b"\0" * 24, b"x" * 16), 2.0, False)
    assert (crm.events, crm.profiles) == (("ended", "analysed"), ("bakery",))
    assert (board.events, board.profiles, board.transcript, board.timeout_s) == (EVENTS, (), True, 10.0)


def test_a_whole_address_may_come_from_the_environment(tmp_path: Path) -> None:
    text = "webhooks: {crm: {url: '${WHERE}', secret: '${OLD_SECRET}'}}"
    (crm,) = load_webhooks(file_with(tmp_path, text), {**ENV, "WHERE": "https://crm.example.com"})
    assert crm.url == "https://crm.example.com"


def test_the_environment_may_name_the_file_and_without_one_nobody_is_told(tmp_path: Path) -> None:
    assert load_webhooks(env=ENV) == ()
    assert len(load_webhooks(env={**ENV, "CALLAGENT_WEBHOOKS": str(file_with(tmp_path, WHOLE))})) == 2


def test_no_repr_has_what_is_secret(tmp_path: Path) -> None:
    shown = repr(load_webhooks(file_with(tmp_path, WHOLE), ENV))
    assert "s3cr3t" not in shown and "xxxx" not in shown and "example.com" not in shown


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("url: ftp://x.example", "webhooks.crm.url: needs an address such as https://crm.example.com/calls"),
        ("url: crm.example.com", "webhooks.crm.url: needs an address"),
        ("url: https://me:pw@x.example", "webhooks.crm.url: may hold no user and password"),
        ("url: https://x.example/#a", "webhooks.crm.url: has a part behind #"),
        ("url: https://x.example:99999", "webhooks.crm.url: is no address"),
        ("url: https://x.example/a b", "webhooks.crm.url: may only hold ASCII"),
        ("url: https://x.example/${code", "webhooks.crm.url: may only hold ASCII"),
        ("url: https://x.example/${MISSING}", "webhooks.crm.url: the environment variable MISSING is not set"),
        ("url: ${SHORT}", "webhooks.crm.url: needs an address"),
        ("urll: https://x.example", "webhooks.crm.urll: unknown key; did you mean 'url'?"),
    ],
)
def test_a_wrong_address_is_one_line(tmp_path: Path, line: str, problem: str) -> None:
    text = f"webhooks:\n  crm:\n    secret: ${{CRM_SECRET}}\n    {line}\n"
    assert f"webhooks.yaml:4: {problem}" in problems(tmp_path, text)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("secret: hunter2hunter2hunter2", "secret: stands in the environment, not in a file: write ${NAME}"),
        ("secret: ${MISSING}", "secret: the environment variable MISSING is not set"),
        ("secret: ${SHORT}", "secret: the environment variable SHORT holds fewer than 16 bytes"),
        ("secret: ${BAD}", "secret: the environment variable BAD has no base64 behind whsec_"),
        ("secret: []", "secret: must not be empty"),
        ('secret: ["${CRM_SECRET}", "${MISSING}"]', "secret: the environment variable MISSING is not set"),
        ("events: [endet]", "events[0]: must be 'started', 'answered', 'ended' or 'analysed'; did you mean 'ended'?"),
        ("events: []", "events: must not be empty"),
        ("timeout: 10", "timeout: needs its unit"),
        ("timeout: 5 min", "timeout: must be between 500 ms and 1 min"),
        ("transcript: maybe", "transcript: needs true or false"),
    ],
)
def test_another_mistake_is_one_line(tmp_path: Path, line: str, problem: str) -> None:
    secret = "" if line.startswith("secret") else "    secret: ${CRM_SECRET}\n"
    found = problems(tmp_path, f"webhooks:\n  crm:\n    url: https://x.example\n{secret}    {line}\n")
    assert found.startswith(f"webhooks.yaml:{5 if secret else 4}: webhooks.crm.{problem}")
    assert found.count("\n") == 0 and "hunter2" not in found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "webhooks: {'a b': {url: 'https://x.example', secret: '${CRM_SECRET}'}}",
            "the name of an endpoint has letters",
        ),
        ("endpoints: {}", "endpoints: unknown key"),
        ("webhooks: [https://x.example]", "webhooks: needs a mapping"),
        ("webhooks: {crm: {url: 'https://x.example'}}", "webhooks.crm.secret: is missing"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    assert problem in problems(tmp_path, text)


def test_an_address_without_encryption_is_a_warning_unless_it_is_this_machine(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load_webhooks(file_with(tmp_path, WHOLE), ENV)
    assert caplog.records == []
    text = WHOLE.replace("http://localhost:9000", "http://board.example/t0ken")
    load_webhooks(file_with(tmp_path, text), ENV)
    (record,) = caplog.records
    assert "without encryption" in record.message and record.__dict__["host"] == "board.example"
    assert "t0ken" not in str(record.__dict__)
    caplog.clear()
    load_webhooks(file_with(tmp_path, text), {**ENV, "CALLAGENT_INSECURE": "1"})
    assert caplog.records == []
