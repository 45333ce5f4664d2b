"""Where the values of a profile come from."""

from pathlib import Path

import pytest

from callagent.yaml_config import parse_yaml
from callagent.yaml_config.origins import Places
from callagent.yaml_config.yaml_file import Document

TEXT = "a: 1\ntools:\n  book:\n    run: shop:book\n"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.chdir(tmp_path)
    places = Places()
    places.take(parse_yaml(TEXT, "profiles/x.yaml"), "tools", "hold")
    return places


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("tools.book.run", "profiles/x.yaml:4"),
        ("tools.book.run.more", "profiles/x.yaml:4"),
        ("tools.book.timeout", "profiles/x.yaml:3"),
        ("tools.gone", "profiles/x.yaml:2"),
        ("tools", "profiles/x.yaml:2"),
        ("a", "profile made"),
        ("hold.music", "profile made"),
    ],
)
def test_a_problem_stands_where_its_value_does_or_nearest_to_it(places: Places, key: str, place: str) -> None:
    assert str(places.problem("profile made", key, "is bad", "good")) == f"{place}: {key}: is bad; did you mean 'good'?"


def test_a_file_is_relative_to_the_one_that_names_it(places: Places) -> None:
    assert places.beside("tools.book.run", "music.wav") == Path("profiles/music.wav")
    assert places.beside("tools.book.run", "/music.wav") == Path("/music.wav")
    assert places.beside("hold.music", "music.wav") == Path("music.wav")


def test_what_is_set_stands_in_no_file(places: Places) -> None:
    places.take(Document.of({"hold": {"music": "music.wav"}}, "--set"), "hold")
    assert places.beside("hold.music", "music.wav") == Path("music.wav")
    assert str(places.problem("x", "hold.music", "is bad")) == "--set: hold.music: is bad"


def test_modules_are_looked_for_beside_the_file_and_where_it_was_loaded(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    assert places.directories("tools.book.run") == (tmp_path / "profiles", tmp_path)
    assert places.directories("hold.music") == (tmp_path,)


def test_places_are_taken_over_with_their_working_directory(places: Places, tmp_path: Path) -> None:
    other = Places()
    other.take_over(places)
    assert other.directories("tools.book.run") == (tmp_path / "profiles", tmp_path)


def test_places_are_no_part_of_what_a_profile_says(places: Places) -> None:
    assert places == Places()
    assert places != object()
