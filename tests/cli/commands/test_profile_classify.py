import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main
from tests.support.profiles import Profiles

PROFILE = """\
language: en-US
interruption:
  soft_acks: [okay, got it]
  commands: [stop, no]
  tics: [um]
  aside_phrases: [I'm on the phone]
"""


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    made = Profiles(tmp_path, monkeypatch)
    made.write("mine", PROFILE)
    return made


def classify(*arguments: str, utterances: str | bytes = b"") -> Result:
    return CliRunner().invoke(main, ["profile", "classify", *arguments], input=utterances)


def answers(result: Result) -> list[Mapping[str, str]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.split("\n") if line]


@pytest.mark.parametrize(
    ("text", "kind", "matched"),
    [
        ("Okay.", "ack", "okay"),
        ("Um...", "ack", "um"),
        ("Okay, but no!", "command", "no"),
        ("Sorry, I'm on the phone.", "content", "I'm on the phone"),
        ("On Friday.", "content", ""),
        ("", "empty", ""),
        ("?!", "empty", ""),
        ("\U0001f44d", "empty", ""),
        ("stop\x1b[31m\x00", "command", "stop"),
        ("got", "content", ""),
    ],
)
def test_each_line_is_classified_as_a_final_transcript(profiles: Profiles, text: str, kind: str, matched: str) -> None:
    result = classify("mine", "--json", utterances=f"{text}\n".encode())
    assert answers(result) == [{"text": text, "class": kind, "matched": matched}]


def test_one_answer_a_line_whatever_the_line_ends(profiles: Profiles) -> None:
    result = classify("mine", "-", "--json", utterances="\ufeffokay\r\n\nno\x0bstop\u2028okay".encode())
    assert [(each["text"], each["class"]) for each in answers(result)] == [
        ("okay", "ack"),
        ("", "empty"),
        ("no\x0bstop\u2028okay", "command"),
    ]


def test_a_file_is_read_in_place_of_the_standard_input(profiles: Profiles) -> None:
    (profiles.root / "said.txt").write_text("got it\n")
    assert answers(classify("mine", "said.txt", "--json"))[0]["class"] == "ack"


def test_the_table_is_aligned_and_shows_no_control_characters(profiles: Profiles) -> None:
    result = classify("mine", utterances="Okay.\nno\x1b[31m\n\n")
    assert result.stdout.splitlines() == [
        "ack      okay              Okay.",
        "command  no                no\\x1b[31m",
        "empty",
    ]


def test_a_hundred_kilobytes_are_answered_and_cut_in_the_table(profiles: Profiles) -> None:
    story = "word " * 20_000 + "stop"
    assert answers(classify("mine", "--json", utterances=story)) == [
        {"text": story, "class": "command", "matched": "stop"}
    ]
    assert len(classify("mine", utterances=story).stdout) < 150


def test_an_endless_line_is_refused_with_its_place(profiles: Profiles) -> None:
    result = classify("mine", utterances=b"okay\n" + b"a" * (1 << 21))
    assert (result.exit_code, result.stderr) == (2, "<stdin>:2: an utterance has at most 1048576 bytes\n")


def test_what_is_not_utf_8_is_refused_with_its_place(profiles: Profiles) -> None:
    (profiles.root / "said.txt").write_bytes(b"okay\nno\n caf\xe9\n")
    result = classify("mine", "said.txt", "--json")
    assert (result.exit_code, result.stderr) == (2, "said.txt:3: is not UTF-8: byte 0xe9 at 5\n")
    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize("file", ["nowhere.txt", "."])
def test_a_file_that_cannot_be_read_is_named(profiles: Profiles, file: str) -> None:
    result = classify("mine", file)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}: cannot be read: ")


def test_an_unknown_profile_is_named_with_the_nearest(profiles: Profiles) -> None:
    result = classify("mein")
    assert result.exit_code == 2
    assert "did you mean 'mine'?" in result.stderr


def test_overrides_are_applied(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers(classify("mine", "--json", "--set", "interruption.soft_acks=[on friday]", utterances="On Friday."))[
        0
    ] == {"text": "On Friday.", "class": "ack", "matched": "on friday"}
    monkeypatch.setenv("LIVEKIT_SOFT_ACKS", "sunday")
    assert answers(classify("mine", "--json", utterances="Sunday"))[0]["class"] == "ack"
