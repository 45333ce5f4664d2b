from pathlib import Path

import pytest

from scripts.mutation.mutants import mutants
from scripts.mutation.outcomes import Outcome, Result
from scripts.mutation.report import Report
from scripts.mutation.survivors import InvalidSurvivors, Survivor, as_toml, read_survivors

LESS, MORE = mutants("shop.py", "x = a + b\ny = a - b\n")


def report(*outcomes: Outcome, named: list[Survivor] | None = None) -> Report:
    results = [Result(mutant, outcome) for mutant, outcome in zip([LESS, MORE], outcomes, strict=False)]
    return Report("shop", results, named or [], [LESS, MORE])


def survivor(before: str, after: str) -> Survivor:
    return Survivor("shop.py", before, after, "says nothing")


def test_a_room_holds_when_every_mutant_is_noticed() -> None:
    found = report(Outcome.KILLED, Outcome.TIMED_OUT)
    assert found.holds and "shop: 2 of 2 mutants killed, 100.0 %" in found.text()


def test_a_survivor_is_shown_with_its_place_and_its_change() -> None:
    found = report(Outcome.SURVIVED, Outcome.KILLED)
    assert not found.holds and "shop.py:1\n    - x = a + b\n    + x = a - b" in found.text()


def test_a_mutant_that_no_test_reaches_survives() -> None:
    assert report(Outcome.UNREACHED, Outcome.KILLED).percent == 50


def test_a_survivor_with_a_reason_is_no_news_but_still_counts() -> None:
    named = [survivor("x  =  a + b", "x = a - b")]
    few = report(Outcome.SURVIVED, Outcome.KILLED, named=named)
    assert few.unnamed == [] and not few.holds
    many = [Result(MORE, Outcome.KILLED)] * 9
    assert Report("shop", [Result(LESS, Outcome.SURVIVED), *many], named, [LESS, MORE]).holds


def test_an_entry_is_stale_when_its_mutant_is_killed_or_gone() -> None:
    named = [survivor("x = a + b", "x = a - b"), survivor("z = 1", "z = 2")]
    found = report(Outcome.KILLED, Outcome.KILLED, named=named)
    assert found.stale == named and "stale in survivors.toml: shop.py\n    - z = 1" in found.text()


def test_an_entry_of_a_mutant_that_was_not_tried_is_not_stale() -> None:
    assert report(Outcome.KILLED, named=[survivor("y = a - b", "y = a + b")]).stale == []


def test_entries_are_written_as_they_are_read(tmp_path: Path) -> None:
    (mutant,) = (m for m in mutants("shop.py", """x = f("it's", '"', 'a' + "'")""") if "-" in m.after)
    path = tmp_path / "survivors.toml"
    path.write_text(as_toml("shop", [mutant, mutant]).replace('reason = ""', 'reason = "why"'), encoding="utf-8")
    (entry,) = read_survivors(path, "shop")
    assert (entry.change, entry.reason) == (mutant.change, "why")
    assert read_survivors(path, "other") == []


@pytest.mark.parametrize("text", ["[[shop]]\nfile = 'a'\n", "[[shop]", as_toml("shop", [LESS])])
def test_an_entry_that_lacks_something_is_not_valid(tmp_path: Path, text: str) -> None:
    path = tmp_path / "survivors.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSurvivors, match=r"^survivors\.toml: "):
        read_survivors(path, "shop")
