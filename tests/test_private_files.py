"""What callagent writes of calls belongs to its owner alone, whatever the umask; what is there keeps its mode."""

import ast
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callagent.audio import write_stereo
from callagent.audio.g711 import SILENCE
from callagent.database import Store, file_of
from callagent.journal import CallJournal, Head, write_journal
from callagent.journal.call_record import CallRecord
from callagent.private_files import create_file, directory_mode, locked, make_directory, whole_file, write_text
from callagent.scripted_calls.report.plot.picture import draw_timeline
from callagent.worker.preflight import check_directory
from tests.support.source_tree import modules, room, tree


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def lock(path: Path) -> None:
    with locked(path):
        pass


WRITERS: dict[str, Callable[[Path], object]] = {
    "text": lambda path: write_text(path, "hello"),
    "recording": lambda path: write_stereo(path, SILENCE, SILENCE),
    "picture": lambda path: draw_timeline(path, caller=SILENCE, agent=SILENCE),
    "journal": lambda path: write_journal(CallJournal(Head("a", "b", "text", 1.0), []), path),
    "lock": lock,
}


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_file_can_be_read_by_its_owner_alone(write: Callable[[Path], object], tmp_path: Path) -> None:
    write(tmp_path / "file")
    assert (os.listdir(tmp_path), mode(tmp_path / "file")) == (["file"], 0o600)


@pytest.mark.usefixtures("umask")
def test_a_record_and_its_directory_are_private(tmp_path: Path) -> None:
    check_directory(tmp_path / "var" / "records")
    file = CallRecord(call="AJ_1", room="call-1").write(tmp_path / "var" / "records")
    assert [mode(path) for path in (tmp_path / "var", file.parent, file)] == [0o700, 0o700, 0o600]


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(
    "location", ["{}/var/records.db", "sqlite:///{}/var/r.db", "sqlite:///file:{}/var/r.db?uri=true"]
)
def test_a_database_and_what_sqlite_puts_beside_it_are_private(location: str, tmp_path: Path) -> None:
    store = Store(location.format(tmp_path))
    store.add_do_not_call("+12025550123")
    files = {path.name: mode(path) for path in (tmp_path / "var").iterdir()}
    assert (mode(tmp_path / "var"), set(files.values()), len(files)) == (0o700, {0o600}, 3)


def test_a_database_that_is_shared_on_purpose_stays_shared(tmp_path: Path) -> None:
    Store(str(tmp_path / "records.db"))
    (tmp_path / "records.db").chmod(0o660)
    Store(str(tmp_path / "records.db"))
    assert mode(tmp_path / "records.db") == 0o660


@pytest.mark.parametrize("mode", ["memory", "ro", "rw"])
def test_no_file_is_made_where_sqlite_makes_none(mode: str) -> None:
    assert file_of(f"sqlite:///file:name?mode={mode}&uri=true") is None


@pytest.mark.usefixtures("umask")
def test_every_directory_that_is_made_is_private_and_those_that_are_there_keep_their_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_directory(tmp_path / "a" / "b")
    make_directory(tmp_path)
    assert [mode(path) for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")] == [0o755, 0o700, 0o700]


def test_a_directory_may_be_made_for_others_too(umask: int, tmp_path: Path) -> None:
    make_directory(tmp_path / "shared", mode=directory_mode(0o640))
    assert mode(tmp_path / "shared") == 0o750


@pytest.mark.parametrize("place", ["file", "file/below", "dangling"])
def test_what_is_no_directory_is_an_error(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError):
        make_directory(tmp_path / place)


def test_a_file_that_was_open_to_others_is_private_after_it_was_written_again(tmp_path: Path) -> None:
    (tmp_path / "call.wav").touch(mode=0o666)
    write_stereo(tmp_path / "call.wav", SILENCE, SILENCE)
    assert mode(tmp_path / "call.wav") == 0o600


def test_what_was_there_stays_and_no_draft_is_left_when_writing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    with pytest.raises(ZeroDivisionError), whole_file(tmp_path / "file") as file:
        file.write(b"after")
        raise ZeroDivisionError
    assert [path.read_text() for path in tmp_path.iterdir()] == ["before"]


def test_an_existing_file_is_not_emptied_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    (tmp_path / "file").chmod(0o644)
    create_file(tmp_path / "file")
    assert ((tmp_path / "file").read_text(), mode(tmp_path / "file")) == ("here", 0o644)


@pytest.mark.usefixtures("umask")
def test_a_file_behind_a_link_is_private_too(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    create_file(tmp_path / "link")
    assert mode(tmp_path / "file") == 0o600


WRITES = {"write_bytes", "mkdir", "makedirs", "mkdtemp", "mkstemp", "NamedTemporaryFile"}
ELSEWHERE = {
    "callagent.private_files",
    "callagent.scripted_calls.run.caller_audio",  # in a temporary directory, which is private
    "callagent.processes",  # after create_file
    "callagent.records.spool",  # a file of mkstemp, which is for its owner alone
    "callagent.scaffold.project",  # what an author publishes, by the umask
    "callagent.cli.commands.chat",  # after create_file
    "callagent.pytest_plugin.realtime_slots",  # locks without content, in a directory of its own
}


def writes_by_itself(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "open":
        texts = [str(each.value) for each in ast.walk(call) if isinstance(each, ast.Constant)]
        return any(text and set(text) <= set("wxabt+") and set(text) & set("wxa+") for text in texts)
    if name in ("write_text", "savefig"):  # of the helper, and into a file of the helper
        return isinstance(call.func, ast.Attribute) and "file" not in {ast.unparse(each) for each in call.args}
    return name in WRITES


HARMLESS = ("wave.open(content, ", "open(os.devnull, ", "av.open(_Appending(")
"""A file of the helper, one that keeps nothing, and a container in memory."""


def test_nothing_of_a_call_is_written_by_other_means() -> None:
    """The benchmarks write reports of made-up calls only."""
    found = {
        (module, call.lineno): ast.unparse(call)
        for module in modules()
        if module not in ELSEWHERE and room(module) != "bench"
        for call in ast.walk(tree(module))
        if isinstance(call, ast.Call) and writes_by_itself(call)
    }
    assert {place: text for place, text in found.items() if not text.startswith(HARMLESS)} == {}
