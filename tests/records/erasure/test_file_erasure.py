"""Files about calls: somebody's own go, others lose the number, what cannot be rewritten is named."""

import json
from pathlib import Path

import pytest

from callagent.journal.journal_file import FILE_NAME
from callagent.records.erasure.file_erasure import erase_in, find_in
from callagent.sanitise.redaction.known_number import ERASED, KnownNumber
from tests.support.kept_calls import head_of, raw, talk

PERSON, OTHER = "+12025550123", "+12025550177"
NUMBER = KnownNumber(PERSON)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Records and journals of two calls, one of the person's and one that names them, with what was made of them."""
    for call, number, said in (("AJ_own", PERSON, "it is me"), ("AJ_other", OTHER, f"ask {PERSON}")):
        lines = raw([head_of(call, number=number), *talk(said=said)])
        (tmp_path / f"{call}.{FILE_NAME}").write_bytes(b"\n".join(lines) + b"\n")
        record = {"call": call, "context": {"number": number}, "turns": [{"text": said}]}
        (tmp_path / f"{call}.json").write_text(json.dumps(record, indent=2) + "\n")
        (tmp_path / f"{call}.wav").write_bytes(b"RIFF\0\0\0\0")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "report.html").write_text(f"<p>{PERSON}</p>")
    (tmp_path / "calls.csv").write_text(f"id,number\nAJ_own,{PERSON}\nAJ_other,{OTHER}\n")
    return tmp_path


def names(paths: list[Path]) -> list[str]:
    return sorted(path.name for path in paths)


def test_own_calls_go_with_what_stands_beside_them(directory: Path) -> None:
    found = find_in([directory], NUMBER)
    assert names(found.own) == ["AJ_own.events.jsonl", "AJ_own.json", "AJ_own.wav"]
    assert erase_in(found, NUMBER) == []
    assert sorted(path.name for path in directory.iterdir()) == [
        "AJ_other.events.jsonl",
        "AJ_other.json",
        "AJ_other.wav",
        "calls.csv",
        "page",
    ]


def test_others_lose_the_number_and_nothing_else(directory: Path) -> None:
    found = find_in([directory], NUMBER)
    assert names(found.named_in) == ["AJ_other.events.jsonl", "AJ_other.json", "calls.csv"]
    before = {path: path.read_text() for path in found.named_in}
    erase_in(found, NUMBER)
    for path, text in before.items():
        assert path.read_text() == text.replace(PERSON, ERASED)
    assert (directory / "calls.csv").read_text() == f"id,number\nAJ_own,{ERASED}\nAJ_other,{OTHER}\n"


def test_a_page_is_named_and_not_rewritten(directory: Path) -> None:
    found = find_in([directory], NUMBER)
    assert names(found.others) == ["report.html"]
    erase_in(found, NUMBER)
    left = find_in([directory], NUMBER)
    assert (left.own, left.named_in, names(left.others)) == ([], [], ["report.html"])


def test_a_number_in_another_script_is_found_in_json_that_escapes_it(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": "२०२५५५०१२३"}) + "\n" + json.dumps({"text": "bye"}) + "\n")
    found = find_in([file], NUMBER)
    erase_in(found, NUMBER)
    assert [json.loads(line) for line in file.read_text().splitlines()] == [{"text": ERASED}, {"text": "bye"}]


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xff\xfe " + PERSON.encode() + b" \xe9\n")
    erase_in(find_in([file], NUMBER), NUMBER)
    assert file.read_bytes() == b"\xff\xfe " + ERASED.encode() + b" \xe9\n"


def test_what_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    found = find_in([tmp_path / "nowhere"], NUMBER)
    assert found.unread == [f"{tmp_path / 'nowhere'}: no such file or directory"]
    assert found.looked_at == 0


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(PERSON)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.txt").symlink_to(outside)
    assert find_in([tmp_path / "in"], NUMBER).named_in == []
