"""Where profiles and the database are looked for."""

from pathlib import Path

import pytest

from callagent.profile.paths import default_location, is_path, known_names, named_location, profile_files


@pytest.mark.parametrize(
    ("given", "env", "named"),
    [
        ("given.db", {"CALLAGENT_DATABASE": "new.db", "CALLAGENT_RECORDS": "old.db"}, "given.db"),
        (None, {"CALLAGENT_DATABASE": "new.db", "CALLAGENT_RECORDS": "old.db"}, "new.db"),
        (None, {"CALLAGENT_DATABASE": "new.db"}, "new.db"),
        (None, {"CALLAGENT_RECORDS": "old.db"}, "old.db"),
        (None, {}, None),
        ("", {"CALLAGENT_RECORDS": ""}, None),
    ],
)
def test_a_database_is_named_by_the_option_or_a_variable(
    given: str | None, env: dict[str, str], named: str | None
) -> None:
    assert named_location(given, env) == named


def test_the_database_that_nothing_names_is_in_the_state_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_location({}) == str(Path.home() / ".local" / "state" / "callagent" / "records.db")
    assert default_location({"XDG_STATE_HOME": "/state"}) == str(Path("/state/callagent/records.db"))
    assert default_location({"XDG_STATE_HOME": "/state", "CALLAGENT_DATABASE": "own.db"}) == "own.db"


def test_the_variables_are_those_of_the_process_unless_others_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLAGENT_DATABASE", "process.db")
    assert (named_location(), default_location()) == ("process.db", "process.db")
    assert named_location(env={}) is None
    assert default_location({"CALLAGENT_DATABASE": "other.db"}) == "other.db"


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("en-US", False),
        ("locales/en-US", False),
        ("en-US.yaml", True),
        ("en-US.yml", True),
        ("./en-US", True),
        ("shops/bakery", True),
        ("locales/x/en-US", True),
        (Path("en-US"), True),
    ],
)
def test_a_path_has_an_ending_or_a_folder(reference: str | Path, path: bool) -> None:
    assert is_path(reference) is path


def test_the_profiles_of_a_folder_are_its_yaml_files_and_those_of_its_locales(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "notes.txt", "locales/en.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in profile_files(tmp_path)]
    assert found == ["a.yml", "b.yaml", "locales/en.yaml"]
    assert known_names(tmp_path) == ["a", "b"]
    assert known_names(tmp_path, locales=True) == ["a", "b", "locales/en"]
    assert profile_files(tmp_path / "nowhere") == []
