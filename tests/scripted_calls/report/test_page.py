from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest

from callagent.scripted_calls.report import CallReport, Moment, Recording, RunIndex, Step, render_call, render_index
from callagent.scripted_calls.report.page import MOMENTS
from callagent.scripted_calls.report.page_data import MomentKind
from callagent.scripted_calls.report.plot.call_scene import Scene
from tests.support.report_pages import NASTY, entry, report, tone


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def tags(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.elements)

    def by_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._inside):
            self.texts.append(data)


def test_a_page_shows_everything_about_a_call() -> None:
    page = Page(render_call(report()))
    for shown in (
        "A call",
        "✗ Failed",
        "level audio",
        "2 steps not met",
        "→ talked on soft_ack 600 ms “Okay.”",
        "agent Thank you for ■ cut off",
        "caller No, stop.",
        "speech to text 300 ms",
        "⚠ the parts differ from the whole by 200 ms",
        "mean 1.00 s",
        "In brackets",
    ):
        assert shown.replace("“", "").replace("”", "") in page.text
    pins = page.by_class("pin")
    assert [pin["data-at"] for pin in pins] == ["2.6", "4.5", "8.0", "5.0"]
    assert pins[1]["aria-label"] == "4.50 s: stopped, rule command, heard “No, stop.”, reaction 500 ms"
    assert pins[2]["aria-label"] == "8.00 s: answered, rule answer, nothing understood"
    assert page.by_class("interim") and len(page.by_class("wave")) == 2


def test_what_people_say_and_write_is_shown_as_it_is() -> None:
    plain, nasty = (
        Page(render_call(replace(report(text=text), title=text, facts={text: text}, made=text)))
        for text in ("plain", NASTY)
    )
    assert nasty.tags() == plain.tags()
    assert [set(attrs) for _, attrs in nasty.elements] == [set(attrs) for _, attrs in plain.elements]
    assert " ".join(NASTY.split()) in nasty.text


def test_a_step_that_nobody_judged_has_not_failed() -> None:
    step = Step(1, False, "the reply is polite", "no endpoint", judged=False)
    page = Page(render_call(replace(report(), outcome="not judged", steps=[step])))
    assert "? Not judged" in page.text and "not met" not in page.text.replace("✗ not met", "")
    assert page.by_class("open") and not page.by_class("unmet") and not page.by_class("alert")


def test_an_index_shows_titles_as_they_are() -> None:
    page = Page(render_index(RunIndex([entry(NASTY)])))
    assert page.tags() == Page(render_index(RunIndex([entry()]))).tags()
    assert " ".join(NASTY.split()) in page.text


@pytest.mark.parametrize("html", [render_call(report()), render_index(RunIndex([entry()]))], ids=["call", "index"])
def test_a_page_loads_nothing_from_a_network(html: str) -> None:
    page = Page(html)
    loaded = [attrs[name] or "" for _, attrs in page.elements for name in ("src", "srcset") if name in attrs]
    loaded += [attrs["href"] or "" for tag, attrs in page.elements if tag == "link"]
    assert all(each.startswith("data:") for each in loaded)
    (policy,) = (attrs["content"] or "" for _, attrs in page.elements if "http-equiv" in attrs)
    assert policy.startswith("default-src 'none'") and "http" not in policy
    assert "url(" not in html and "@import" not in html


def test_a_long_recording_stays_beside_the_page() -> None:
    pages = [
        Page(render_call(replace(report(), recording=recording)))
        for recording in (Recording("call.wav", b"RIFF"), Recording("call.ogg", b"RIFF"), Recording("call.wav"))
    ]
    sources = [next(attrs["src"] for tag, attrs in page.elements if tag == "audio") for page in pages]
    assert sources == ["data:audio/wav;base64,UklGRg==", "data:audio/ogg;base64,UklGRg==", "call.wav"]


def test_a_call_without_sound_has_lanes_but_no_player() -> None:
    page = Page(render_call(report(sound=False)))
    assert page.tags()["audio"] == 0 and page.by_class("wave") == []
    assert len(page.by_class("state")) == 5 and len(page.by_class("go")) > 5


def test_a_call_of_which_nothing_is_known_has_a_page() -> None:
    nothing = replace(report(sound=False), scene=Scene(tone(0, 0)[:0], tone(0, 0)[:0]), outcome="broken off")
    empty = replace(nothing, steps=[], words=[], decisions=[], moments=[], latencies=[], panel=[], files=[], index=None)
    text = Page(render_call(empty)).text
    assert "◐ Broken off" in text and "Nothing was said." in text and "Latency" not in text


def test_a_page_is_as_long_as_what_happened_on_a_silent_line() -> None:
    silence = Scene(tone(0, 0)[:0], tone(0, 0)[:0])
    page = Page(render_call(CallReport("A call", "passed", silence, moments=[Moment(6.0, "end", "busy")])))
    (canvas,) = page.by_class("canvas")
    assert canvas["data-seconds"] == "6.0"


def test_an_index_tells_what_did_not_pass_and_why() -> None:
    page = Page(render_index(RunIndex([entry("One"), entry("Two", passed=False)])))
    assert "1 of 2 calls passed" in page.text
    assert "step 2: agent stops: it went on" in page.text
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    assert links[:2] == ["a%20call/report.html", "a%20call/timeline.json"]
    assert len(page.by_class("met")) == len(page.by_class("unmet")) == 1


def test_whatever_may_happen_has_a_sign_and_a_name() -> None:
    assert set(get_args(MomentKind)) == set(MOMENTS)
