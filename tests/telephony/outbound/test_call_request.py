import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.telephony.outbound import DialOrder, InvalidOrder, Report, read_order, read_report, write_metadata

ORDER = DialOrder(attempt="a", to="+12025550123", trunk="ST_1", meta={"order": "17"}, ringing_timeout=20.0)


def test_an_order_is_read_as_it_was_written() -> None:
    metadata = write_metadata("en-US", ORDER)
    assert read_order(metadata) == ORDER
    assert json.loads(metadata)["profile"] == "en-US"


@pytest.mark.parametrize(
    "metadata",
    [
        *("", "{}", "not json", '{"profile": "x"}', '["dial"]', '"dial"', '{"dial": null}', '{"dial": '),
        '["dial", ' + "[" * 100_000,
    ],
    ids=lambda metadata: metadata[:20],
)
def test_other_metadata_is_no_order(metadata: str) -> None:
    assert read_order(metadata) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"to": "911"}, "emergency"),
        ({"to": "+1911"}, "emergency"),
        ({"to": "nobody"}, "no digits"),
        ({"to": 12025550123}, "string"),
        ({"trunk": ""}, "trunk"),
        ({"ringing_timeout": 1e9}, "ringing_timeout"),
        ({"extension": "1;DROP"}, "extension"),
        ({"surprise": 1}, "surprise"),
        ({"machines": {"voicemail": "sing"}}, "machines.voicemail"),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_one_line(change: dict[str, object], problem: str) -> None:
    data = {"dial": {**ORDER.model_dump(mode="json"), **change}}
    with pytest.raises(InvalidOrder, match=problem) as raised:
        read_order(json.dumps(data))
    assert "\n" not in str(raised.value)


def test_metadata_has_a_limit() -> None:
    with pytest.raises(InvalidOrder, match="at most 24000"):
        write_metadata("en-US", ORDER.model_copy(update={"meta": {"text": "x" * 24_000}}))
    with pytest.raises(InvalidOrder, match="at most 32000"):
        write_metadata("x" * 32_000, ORDER)


def test_what_is_no_text_cannot_be_told() -> None:
    with pytest.raises(InvalidOrder, match="not UTF-8 text"):
        write_metadata("en-US", ORDER.model_copy(update={"meta": {"a": "\udcff"}}))


def test_a_report_is_read_as_it_was_written() -> None:
    report = Report("ended", "busy", "486 Busy Here", 486, "voicemail")
    assert read_report(report.as_text()) == report


@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists).map(json.dumps)))
def test_any_text_is_a_report_or_none(text: str) -> None:
    assert read_report(text) is None


@given(st.dictionaries(st.sampled_from(["stage", "outcome", "detail", "sip_status"]), st.text() | st.integers()))
def test_reports_of_strangers_do_no_harm(data: dict[str, object]) -> None:
    report = read_report(json.dumps({"stage": "ended", **data}))
    assert report is None or report.outcome is None or report.outcome in ("busy", "answered")


def test_an_order_has_what_nobody_gives_for_it() -> None:
    order = DialOrder(attempt="a", to="+12025550123", trunk="ST_1")
    assert (order.ringing_timeout, order.max_call, order.watched) == (30.0, 1800.0, False)
    assert (order.extension, order.caller_id, order.meta) == ("", "", {})


@pytest.mark.parametrize(
    ("key", "possible", "impossible"),
    [
        ("attempt", ["a" * 40], ["a" * 41]),
        ("trunk", ["a", "a" * 100], ["", "a" * 101]),
        ("extension", ["", "7" * 20], ["7" * 21, "a"]),
        ("ringing_timeout", [1, 80], [0.99, 80.01]),
        ("max_call", [1, 86_400], [0.99, 86_400.01]),
    ],
)
def test_the_limits_of_an_order(key: str, possible: list[object], impossible: list[object]) -> None:
    written = ORDER.model_dump(mode="json")
    for value in possible:
        assert read_order(json.dumps({"dial": {**written, key: value}})) is not None
    for value in impossible:
        with pytest.raises(InvalidOrder, match=f"^{key}: "):
            read_order(json.dumps({"dial": {**written, key: value}}))


def test_of_several_wrong_things_the_first_is_told() -> None:
    with pytest.raises(InvalidOrder, match=r"^attempt: "):
        read_order('{"dial": {"attempt": 1, "to": "911", "trunk": ""}}')


def test_what_is_wrong_with_the_whole_order_is_told_of_it() -> None:
    with pytest.raises(InvalidOrder, match=r"^dial: "):
        read_order('{"dial": 7}')


def test_the_whole_of_what_is_told_may_be_as_long_as_the_limit() -> None:
    short = len(json.dumps({"text": ""}))
    fits, is_too_long = ({"text": "x" * (24_000 - short + more)} for more in (0, 1))
    assert len(json.loads(write_metadata("en-US", ORDER.model_copy(update={"meta": fits})))["dial"]["meta"]["text"])
    with pytest.raises(InvalidOrder, match="has 24001 bytes as JSON"):
        write_metadata("en-US", ORDER.model_copy(update={"meta": is_too_long}))
    rest = len(write_metadata("", ORDER))
    assert len(write_metadata("x" * (32_000 - rest), ORDER)) == 32_000
    with pytest.raises(InvalidOrder, match="has 32001 characters"):
        write_metadata("x" * (32_001 - rest), ORDER)


def test_what_is_told_stands_there_as_it_is_spelt() -> None:
    assert "Müller" in write_metadata("en-US", ORDER.model_copy(update={"meta": {"name": "Müller"}}))
    with pytest.raises(InvalidOrder, match="has 48012 bytes"):
        write_metadata("en-US", ORDER.model_copy(update={"meta": {"text": "ü" * 24_000}}))
    with pytest.raises(InvalidOrder, match="name of the profile"):
        write_metadata("\udcff", ORDER)


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ('{"stage": "ringing"}', Report("ringing")),
        ('{"stage": "ended", "outcome": "busy", "sip_status": 486}', Report("ended", "busy", sip_status=486)),
        ('{"stage": "ended", "outcome": "odd", "sip_status": "486"}', Report("ended")),
        ('{"stage": "ended", "detail": 7, "machine": "a\\nb"}', Report("ended", detail="7", machine="a b")),
        ('{"stage": "odd"}', None),
        ('["stage"]', None),
        ("{", None),
        ("[" * 100_000, None),
    ],
)
def test_what_a_report_tells(text: str, report: Report | None) -> None:
    assert read_report(text) == report


def test_a_report_leaves_out_what_is_not_known() -> None:
    assert json.loads(Report("ringing").as_text()) == {"stage": "ringing"}
    assert json.loads(Report("ended", "busy", sip_status=0).as_text()) == {
        "stage": "ended",
        "outcome": "busy",
        "sip_status": 0,
    }
