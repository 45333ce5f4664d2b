import logging

import pytest

from callagent.phrases import SlowExpressionError, check_phrase, find, find_any
from tests.support.processor import processor_time

SLOW = (r"/(a+)+$/", r"/(a|aa)+$/", r"/(a*)*b$/", r"/((a{1,1000}){1,1000}){1,1000}$/", r"/^(([a-z])+.)+[A-Z]([a-z])+$/")
HOSTILE = "a" * 5_000 + "!"


@pytest.mark.parametrize("phrase", SLOW)
def test_no_expression_holds_the_event_loop(phrase: str) -> None:
    def searched() -> None:
        try:
            find(phrase, HOSTILE)
        except SlowExpressionError as error:
            assert error.expression == phrase[1:-1]

    assert processor_time(searched) < 0.1


def test_who_looks_for_a_slow_expression_is_told() -> None:
    with pytest.raises(SlowExpressionError, match="too long"):
        find("/(a|aa)+$/", HOSTILE)


def test_slow_expressions_among_others_are_left_out_and_cost_no_more_than_two(
    caplog: pytest.LogCaptureFixture,
) -> None:
    phrases = [check_phrase(f"/(a|aa)+{number}$/") for number in range(100)]
    with caplog.at_level(logging.WARNING):
        taken = processor_time(lambda: find_any(phrases, HOSTILE))
        assert find_any([*phrases, "never", "/(?P<last>!)$/"], HOSTILE) == (101, find("/(?P<last>!)$/", HOSTILE))
    assert taken < 0.25
    assert [record.message for record in caplog.records] == ["an expression takes too long and is left out"] * 2


@pytest.mark.parametrize(
    "phrase",
    [
        "/(/",
        "/a{2,1}/",
        "/a{99999999999999999999}/",
        "/" + "(" * 5_000 + "a" + ")" * 5_000 + "/",
        r"/\p{Lu}/",  # of `regex` alone: a profile means the same everywhere
        r"/(?P<x>a)(?P<x>b)/",
        r"/(?P<1>a)/",
        "/*/",
        "/a{e<}/",  # `regex` takes it for an approximation
    ],
)
def test_what_is_no_expression_of_python_is_refused_when_it_is_read(phrase: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        check_phrase(phrase)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        (r"/half past (?:nine|ten)/", "At HALF past Ten", "HALF past Ten"),
        (r"/\bstra(?:ß|ss)e\b/", "Die STRASSE hier", "STRASSE"),
        (r"/(?<!not )ready/", "not ready, ready", "ready"),
        (r"/(\w)\1/", "a bee", "ee"),
        (r"/[[a]/", "x[", "["),
        (r"/^$/", "", ""),
        (r"/(?s:a.b)/", "a\nb", "a\nb"),
    ],
)
def test_expressions_mean_what_they_mean_in_python(phrase: str, text: str, found: str) -> None:
    match = find(check_phrase(phrase), text)
    assert match is not None
    assert text[match.start : match.end] == found
