import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.telephony.dialling import DialOrder, InvalidOrder, Report, read_order, read_report, write_metadata

ORDER = DialOrder(attempt="a", to="+12025550123", trunk="ST_1", meta={"order": "17"}, ringing_timeout=20.0)


def test_an_order_is_read_as_it_was_written() -> None:
    metadata = write_metadata("en-US", ORDER)
    assert read_order(metadata) == ORDER
    assert json.loads(metadata)["profile"] == "en-US"


@pytest.mark.parametrize("metadata", ["", "{}", "not json", '{"profile": "x"}', '["dial"]', '"dial"', '{"dial": null}'])
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
