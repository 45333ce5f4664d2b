"""The pages in a real browser: Debian's chromium, which scripts/test installs where it may."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from callagent.scripted_calls.report import CallReport, Recording, RunIndex, render_call, render_index
from tests.support.browser import DESKTOP, PHONE, Browser, chromium_browser
from tests.support.report_pages import NASTY, SECONDS, entry, report

pytestmark = pytest.mark.blocks_loop(reason="there is no event loop: the browser is asked and waited for")


class ReportBrowser:
    """A browser that opens pages of reports: each is a file, as it is for who opens a report."""

    def __init__(self, browser: Browser, directory: Path) -> None:
        self._browser, self._directory = browser, directory
        self.width, self.scheme, self.one, self.press = browser.width, browser.scheme, browser.one, browser.press
        self.ask, self.until = browser.ask, browser.until

    def open(self, html: str) -> None:
        page = self._directory / "report.html"
        page.write_text(html, encoding="utf-8")
        self._browser.visit(page.as_uri())

    @property
    def complaints(self) -> list[str]:
        return self._browser.complaints

    @property
    def position(self) -> float:
        """Where the cursor is drawn, in seconds."""
        x = self.ask("new DOMMatrix(getComputedStyle(document.getElementById('cursor')).transform).m41")
        return float(x) / self.scale

    @property
    def scale(self) -> float:
        """Pixels for a second."""
        return float(self.ask("parseFloat(document.getElementById('canvas').style.getPropertyValue('--pps'))"))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReportBrowser]:
    with chromium_browser() as browser:
        yield ReportBrowser(browser, tmp_path_factory.mktemp("page"))


@pytest.fixture
def browser(chromium: ReportBrowser) -> Iterator[ReportBrowser]:
    """Nothing on the console is part of every test."""
    chromium.width(DESKTOP)
    chromium.scheme("light")
    yield chromium
    assert chromium.complaints == []


def show(browser: ReportBrowser, made: CallReport | None = None) -> None:
    browser.open(render_call(made or report()))


def test_play_moves_the_cursor_until_pause(browser: ReportBrowser) -> None:
    show(browser)
    assert browser.position == 0
    browser.one("#play").click()
    browser.until("document.getElementById('sound').currentTime > 0.5")
    assert browser.one("#play").get_attribute("aria-pressed") == "true"
    assert browser.position > 0.3
    browser.one("#play").click()
    browser.until("document.getElementById('play').getAttribute('aria-pressed') === 'false'")
    assert browser.position == pytest.approx(browser.ask("document.getElementById('sound').currentTime"), abs=0.1)


def test_a_click_on_a_decision_seeks_and_the_space_bar_then_plays(browser: ReportBrowser) -> None:
    show(browser)
    browser.one(".pin.stopped").click()
    assert browser.position == pytest.approx(4.5, abs=0.01)
    assert browser.ask("document.getElementById('sound').currentTime") == pytest.approx(4.5, abs=0.01)
    assert browser.one(".conversation li.now .who").text == "caller"
    browser.press(Keys.SPACE)
    browser.until("document.getElementById('sound').currentTime > 4.7")
    browser.press(Keys.SPACE)
    browser.until("document.getElementById('sound').paused")


def test_a_click_on_the_tracks_seeks_to_that_moment(browser: ReportBrowser) -> None:
    show(browser)
    browser.ask(
        "document.querySelector('.agent .wave').dispatchEvent(new MouseEvent('click', {bubbles: true, clientX:"
        f" document.querySelector('.agent .wave').getBoundingClientRect().left + 3 * {browser.scale}}}))"
    )
    assert browser.position == pytest.approx(3.0, abs=0.02)


def test_the_keyboard_does_everything(browser: ReportBrowser) -> None:
    show(browser)
    body = browser.one("body")
    for keys, position in (
        (Keys.ARROW_RIGHT, 1.0),
        (Keys.SHIFT + Keys.ARROW_RIGHT, 6.0),
        (Keys.NULL + Keys.ARROW_LEFT, 5.0),
        ("p", 4.5),
        ("n", 5.0),
        (Keys.END, SECONDS),
        (Keys.HOME, 0.0),
        (Keys.ARROW_LEFT, 0.0),
    ):
        body.send_keys(keys)
        assert browser.position == pytest.approx(position, abs=0.02), keys
    assert browser.one("#seek").get_attribute("aria-valuetext") == "0.0 seconds of 12.0"
    focused = []
    for _ in range(8):
        browser.press(Keys.TAB)
        focused.append(browser.ask("document.activeElement.id || document.activeElement.className"))
    assert focused[-6:] == ["play", "seek", "speed", "out", "fit", "in"]
    browser.press(Keys.TAB, Keys.TAB)
    browser.press(Keys.ENTER)
    assert browser.position == pytest.approx(2.6, abs=0.01)
    assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_nothing_covers_anything_at_any_zoom(browser: ReportBrowser) -> None:
    show(browser, report(text="a rather long sentence that a caller says to see what becomes of the labels"))
    covered = """(() => {
        const seen = [...document.querySelectorAll('.pack > :not(.unfit), .fine .word')];
        const boxes = seen.filter((each) => each.offsetWidth).map((each) => [each, each.getBoundingClientRect()]);
        const apart = (a, b) =>
            a.right < b.left + 1 || b.right < a.left + 1 || a.bottom < b.top + 1 || b.bottom < a.top + 1;
        return boxes.flatMap(([a, x], i) => boxes.slice(i + 1)
            .filter(([, y]) => !apart(x, y)).map(([b]) => a.textContent + ' | ' + b.textContent));
    })()"""
    for button in ("fit", "in", "in", "in", "out"):
        before = browser.scale
        browser.one(f"#{button}").click()
        assert browser.ask(covered) == []
        assert button == "fit" or (browser.scale > before) == (button == "in")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_page_is_wider_than_its_screen(browser: ReportBrowser, width: int) -> None:
    browser.width(width)
    for html in (
        render_call(report(text=NASTY)),
        render_call(report(sound=False)),
        render_index(RunIndex([entry(), entry(NASTY, passed=False)])),
    ):
        browser.open(html)
        assert browser.ask("document.documentElement.scrollWidth") <= width


def test_the_page_is_dark_where_the_reader_wants_it_dark(browser: ReportBrowser) -> None:
    show(browser)
    colours = []
    for scheme in ("light", "dark"):
        browser.scheme(scheme)
        colours.append(browser.ask("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(246, 246, 243)", "rgb(19, 22, 24)"]


def test_a_call_without_sound_can_be_walked_through(browser: ReportBrowser) -> None:
    show(browser, report(sound=False))
    assert browser.ask("document.querySelector('audio, #play')") is None
    browser.one(".pin.stopped").click()
    browser.press(Keys.SPACE, Keys.ARROW_RIGHT)
    assert browser.position == pytest.approx(5.5, abs=0.02)


def test_a_recording_beside_the_page_plays(browser: ReportBrowser, chromium: Browser, tmp_path: Path) -> None:
    made = report()
    assert made.recording is not None and made.recording.data is not None
    sound = tmp_path / "call.wav"
    sound.write_bytes(made.recording.data)
    show(browser, replace(made, recording=Recording(sound.as_uri())))
    browser.one("#play").click()
    browser.until("document.getElementById('sound').currentTime > 0.1")


def test_the_index_shows_only_what_did_not_pass(browser: ReportBrowser) -> None:
    browser.open(render_index(RunIndex([entry("One"), entry("Two", passed=False)])))
    shown = "[...document.querySelectorAll('tbody tr')].filter((row) => row.offsetHeight).length"
    assert browser.ask(shown) == 2
    browser.one("#failed").click()
    assert browser.ask(shown) == 1
