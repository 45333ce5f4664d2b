"""`callagent records webhooks`: what was told, what was not, and telling it again."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from callagent.records import Endpoint, RecordStore
from callagent.records.webhooks.payload import webhook_schema
from callagent.records.webhooks.queue import WebhookQueue
from tests.support.kept_calls import head_of, keep


def webhooks(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["records", "webhooks", *arguments])


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of one call: started has arrived, answered was refused once, ended has not been tried."""
    file = tmp_path / "records.db"
    monkeypatch.setenv("CALLAGENT_DATABASE", str(file))
    with closing(RecordStore(str(file))) as store:
        store.subscribe([Endpoint("crm", "https://crm.example", (b"k" * 16,))])
        keep(store, head_of("AJ_1"))
    with closing(WebhookQueue(str(file))) as queue:
        queue.delivered(1, 204)
        queue.failed(2, "answers 500", 500)
    return file


@pytest.mark.usefixtures("database")
def test_webhooks_are_listed_the_newest_first_with_what_became_of_them() -> None:
    result = webhooks()
    heads, *lines = result.stdout.splitlines()
    assert (result.exit_code, heads.split()[:6]) == (0, ["no", "made", "endpoint", "event", "call", "state"])
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert lines[1].endswith("answers 500") and "waiting" in lines[1]
    assert "delivered" in lines[2] and "204" in lines[2]


@pytest.mark.usefixtures("database")
def test_what_has_failed_can_be_told_again() -> None:
    assert [line.split()[0] for line in webhooks("--failed").stdout.splitlines()[1:]] == ["2"]
    result = webhooks("--failed", "--again")
    assert (result.exit_code, result.stdout) == (0, "1 webhook is sent again\n")
    assert webhooks("--failed").stderr == "no such webhook\n"
    assert webhooks("1", "2", "--again").stdout == "2 webhooks are sent again\n"
    assert {each["state"] for each in json.loads(webhooks("--json").stdout)["webhooks"]} == {"waiting"}


@pytest.mark.usefixtures("database")
def test_as_json_each_has_its_body_and_the_endpoints_are_named() -> None:
    told = json.loads(webhooks("--json", "--call", "AJ_1", "--limit", "1").stdout)
    (webhook,), (endpoint,) = told["webhooks"], told["endpoints"]
    assert (webhook["event"], webhook["call"], webhook["body"]["type"]) == ("ended", "AJ_1", "call.ended")
    assert webhook["message"] == webhook["body"]["id"]
    assert (endpoint["name"], endpoint["transcript"], endpoint["gone"]) == ("crm", True, None)


def test_an_endpoint_that_is_gone_is_named(database: Path) -> None:
    with closing(WebhookQueue(str(database))) as queue:
        queue.gone("crm")
    assert "crm has said that it is gone for good" in webhooks().stderr


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--again"], 2, "--again needs a NO, --failed, --call or --endpoint"),
        (["99", "--again"], 2, "no such webhook"),
        (["none"], 2, "'none' is not a valid integer"),
        (["--database", "/proc/none/records.db"], 3, "cannot open the records database"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], status: int, told: str) -> None:
    result = webhooks(*arguments)
    assert (result.exit_code, told in result.stderr) == (status, True)


def test_without_endpoints_it_says_how_to_name_some(tmp_path: Path) -> None:
    result = webhooks("--database", str(tmp_path / "empty.db"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "no endpoint is told of calls: serve --webhooks FILE names some\n"


def test_the_schema_of_a_body_is_printed() -> None:
    assert json.loads(webhooks("--schema").stdout) == webhook_schema()
