"""The console in a real browser, over a server of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from selenium.webdriver.common.keys import Keys

from callagent.console.console_config import ConsoleConfig
from callagent.console.server import server_for
from callagent.journal.codec import Line
from callagent.journal.events import AgentState, CallEnded, CallerHeard, TurnAdded
from callagent.records import Packet, RecordStore
from tests.support.browser import DESKTOP, PATIENCE_S, PHONE, Browser, chromium_browser
from tests.support.kept_calls import head_of, keep, raw, talk

pytestmark = pytest.mark.blocks_loop(reason="there is no event loop here: the browser is asked and waited for")

NASTY = "<img src=x onerror=alert(1)>"
PAGES = ("/", "/calls", "/calls/AJ_over", "/calls/AJ_over/report", "/panel", "/campaigns", "/do-not-call")


class Console:
    """A console that is served, and the database behind it."""

    def __init__(self, address: str, store: RecordStore) -> None:
        self.address, self.store = address, store
        self._lines: dict[str, int] = {}

    def begin(self, call: str) -> None:
        self.store.begin(replace(head_of(call), started=datetime.now(UTC).isoformat()))
        self._lines[call] = 1

    def tell(self, call: str, *lines: Line) -> None:
        self.store.append(Packet(call, self._lines[call], raw(lines)))
        self._lines[call] += len(lines)

    def end(self, call: str) -> None:
        self.tell(call, CallEnded(60.0, "caller hung up"))
        self.store.end(call)


@contextmanager
def serving(store: RecordStore, port: int = 0) -> Iterator[int]:
    """A console on loopback meanwhile; gives its port."""
    with closing(socket.create_server(("127.0.0.1", port))) as listening:
        server = server_for(ConsoleConfig("127.0.0.1"), store)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
            assert not thread.is_alive()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    location = str(tmp_path_factory.mktemp("console") / "records.db")
    with closing(RecordStore(location)) as store:
        keep(store, head_of("AJ_over"), talk())
        with serving(store) as port:
            yield Console(f"http://127.0.0.1:{port}", store)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Nothing is against the content security policy and no script fails: both stand on the browser's console."""
    chromium.width(DESKTOP)
    chromium.scheme("light")
    yield chromium
    assert chromium.complaints == []


def test_a_call_appears_goes_on_and_ends_without_loading_anything(console: Console, browser: Browser) -> None:
    browser.visit(f"{console.address}/")
    browser.until("document.getElementById('stream').dataset.state === 'on'")
    console.begin("AJ_1")
    browser.until("document.querySelector('[data-id=AJ_1]')")
    console.tell("AJ_1", AgentState(1, "speaking"), CallerHeard(2, NASTY, False))
    browser.until("document.querySelector('[data-id=AJ_1] .interim')")
    card = browser.one("[data-id=AJ_1]")
    assert NASTY in card.text and "agent speaking" in card.text
    console.tell("AJ_1", CallerHeard(3, NASTY, True), TurnAdded(2, "user", NASTY))
    browser.until("document.querySelector('[data-id=AJ_1] .entry.caller:not(.interim)')")
    assert NASTY in card.text
    console.end("AJ_1")
    browser.until("document.querySelector('[data-id=AJ_1].over')")
    assert "caller hung up" in card.text and browser.one("#count").text == "0"


def test_by_keyboard_somebody_gets_to_a_call_and_keeps_the_focus_while_it_goes_on(
    console: Console, browser: Browser
) -> None:
    console.begin("AJ_2")
    console.tell("AJ_2", TurnAdded(1, "assistant", "Good morning"))
    browser.visit(f"{console.address}/")
    browser.until("document.querySelector('[data-id=AJ_2] .entry')")
    browser.press(Keys.TAB, Keys.ENTER)
    assert browser.ask("document.activeElement.id") == "main"
    for _ in range(5):
        browser.press(Keys.TAB)
        if browser.ask("document.activeElement.closest('[data-id=AJ_2]') !== null"):
            break
    console.tell("AJ_2", TurnAdded(2, "user", "Hello there"))
    browser.until("document.querySelector('[data-id=AJ_2]').textContent.includes('Hello there')")
    assert browser.ask("document.activeElement.getAttribute('href')") == "/calls/AJ_2"
    browser.press(Keys.ENTER)
    browser.until("document.getElementById('stream')?.dataset.state === 'on' && location.pathname === '/calls/AJ_2'")
    console.tell("AJ_2", TurnAdded(4, "user", "the later one"), TurnAdded(3, "assistant", NASTY))
    browser.until("document.querySelectorAll('#entries .entry').length === 4")
    texts = browser.ask("[...document.querySelectorAll('#entries .what')].map((each) => each.textContent.trim())")
    assert texts == ["Good morning", "Hello there", NASTY, "the later one"]
    console.end("AJ_2")
    browser.until("document.getElementById('stream').textContent.includes('over: caller hung up')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_fits_and_follows_the_system(console: Console, browser: Browser, width: int, scheme: str) -> None:
    browser.width(width)
    browser.scheme(scheme)
    for path in PAGES:
        browser.visit(f"{console.address}{path}")
        assert browser.ask("document.documentElement.scrollWidth") <= width, path
        channels = browser.ask("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (max(channels) < 80) is (scheme == "dark"), path
    assert browser.one("main h1").text == "Do not call"


def test_the_search_has_the_focus_after_a_slash_and_finds(console: Console, browser: Browser) -> None:
    browser.visit(f"{console.address}/calls")
    browser.press("/")
    browser.press("+1 202 555 0123", Keys.ENTER)
    browser.until("location.search.includes('number=')")
    assert "AJ_over" in browser.ask("document.querySelector('.calls').innerHTML")


def test_a_console_that_is_gone_is_told_and_one_that_is_back_is_listened_to(console: Console, browser: Browser) -> None:
    with serving(console.store) as port:
        browser.visit(f"http://127.0.0.1:{port}/")
        browser.until("document.getElementById('stream').dataset.state === 'on'")
    browser.until("document.getElementById('stream').dataset.state === 'lost'")
    with serving(console.store, port):
        browser.until("document.getElementById('stream').dataset.state === 'on'")
        browser.visit(f"{console.address}/campaigns")
    assert all("net::ERR_" in each for each in browser.complaints)
