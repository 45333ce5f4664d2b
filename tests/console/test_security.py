"""What stands before the pages: hosts, the token, forms, headers."""

import re

import pytest
from starlette.testclient import TestClient

from callagent.console.app import create_app
from callagent.console.console_config import ConsoleConfig
from callagent.console.security import LARGEST_FORM_BYTES
from callagent.records import RecordStore

TOKEN = "a token that is long enough"
PAGES = ("/", "/calls", "/panel", "/campaigns", "/do-not-call")
HTML = {"Accept": "text/html,*/*"}


@pytest.fixture
def guarded(store: RecordStore) -> TestClient:
    """A console that other machines reach."""
    app = create_app(ConsoleConfig("0.0.0.0", token=TOKEN), store)
    return TestClient(app, base_url="http://console.example", follow_redirects=False)


def form_token(client: TestClient) -> str:
    found = re.search(r'name="form_token" value="(\w+)"', client.get("/login").text)
    assert found is not None
    return found[1]


def log_in(client: TestClient, token: str = TOKEN, wanted: str = "/calls") -> int:
    fields = {"form_token": form_token(client), "token": token, "next": wanted}
    return client.post("/login", data=fields).status_code


@pytest.mark.parametrize("path", [*PAGES, "/calls/AJ_none", "/login", "/static/console.css", "/nowhere"])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


@pytest.mark.parametrize("path", [*PAGES, "/login"])
def test_no_page_has_scripts_styles_or_handlers_inside(client: TestClient, path: str) -> None:
    html = client.get(path).text
    assert re.findall(r"<style|<script(?! src=)|\son\w+=|\sstyle=|javascript:", html) == []
    assert re.findall(r'(?:src|href)="(?!/)[^"#]', html) == []


def test_a_name_from_elsewhere_that_leads_here_is_refused(client: TestClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert (answer.status_code, "--allow-host" in answer.text) == (421, True)


@pytest.mark.parametrize("path", [*PAGES, "/calls/AJ_1", "/calls/AJ_1/journal", "/calls/AJ_1/report", "/nowhere"])
def test_who_has_no_token_is_asked_for_it(guarded: TestClient, path: str) -> None:
    answer = guarded.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


@pytest.mark.parametrize("path", ["/live/events", "/calls/AJ_1/events"])
def test_a_stream_without_a_token_is_refused(guarded: TestClient, path: str) -> None:
    assert guarded.get(path, headers={"Accept": "text/event-stream"}).status_code == 401


def test_the_token_lets_a_browser_in_until_it_logs_out(guarded: TestClient) -> None:
    assert log_in(guarded) == 303
    assert guarded.get("/calls", headers=HTML).status_code == 200
    token = re.search(r'name="form_token" value="(\w+)"', guarded.get("/calls").text)
    assert token is not None
    assert guarded.post("/logout", data={"form_token": token[1]}).status_code == 303
    assert guarded.get("/calls", headers=HTML).status_code == 303


def test_the_cookie_is_another_one_after_the_token_and_no_script_sees_it(guarded: TestClient) -> None:
    before = guarded.get("/login").headers["set-cookie"]
    fields = {"form_token": form_token(guarded), "token": TOKEN, "next": "/"}
    after = guarded.post("/login", data=fields).headers["set-cookie"]
    assert before.split(";")[0] != after.split(";")[0]
    for cookie in (before, after):
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie


def test_behind_tls_the_cookie_stays_there(store: RecordStore) -> None:
    app = create_app(ConsoleConfig("0.0.0.0", token=TOKEN), store)
    answer = TestClient(app, base_url="https://console.example").get("/login")
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_a_wrong_token_is_told_on_the_page(guarded: TestClient) -> None:
    assert log_in(guarded, "wrong") == 401
    assert guarded.get("/calls", headers=HTML).status_code == 303


def test_after_ten_wrong_tokens_the_page_says_when_to_try_again(guarded: TestClient) -> None:
    assert {log_in(guarded, "wrong") for _ in range(10)} == {401}
    assert log_in(guarded) == 429


def test_nobody_is_sent_elsewhere_after_the_token(guarded: TestClient) -> None:
    fields = {"form_token": form_token(guarded), "token": TOKEN, "next": "//evil.example"}
    assert guarded.post("/login", data=fields).headers["location"] == "/"


def test_a_program_brings_the_token_in_a_header(guarded: TestClient) -> None:
    assert guarded.get("/calls", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert guarded.get("/calls", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"Origin": "http://evil.example"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({}, {"form_token": "0" * 64}),
        ({}, {"form_token": ""}),
    ],
)
def test_a_form_of_another_page_changes_nothing(
    guarded: TestClient, headers: dict[str, str], fields: dict[str, str]
) -> None:
    right = {"form_token": form_token(guarded), "token": TOKEN, "next": "/"}
    assert guarded.post("/login", data={**right, **fields}, headers=headers).status_code == 403
    assert guarded.get("/calls", headers=HTML).status_code == 303


@pytest.mark.parametrize(
    ("content", "status"), [(b"a" * (LARGEST_FORM_BYTES + 1), 413), (b"\xff", 400), (b"a=1&" * 50, 400), (b"", 403)]
)
def test_what_is_no_form_is_refused(guarded: TestClient, content: bytes, status: int) -> None:
    assert guarded.post("/login", content=content).status_code == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(client: TestClient, method: str) -> None:
    assert client.request(method, "/calls").status_code == 405


def test_no_token_and_no_form_token_stands_in_a_log(guarded: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    log_in(guarded)
    assert TOKEN not in caplog.text
