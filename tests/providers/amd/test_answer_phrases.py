"""What is heard after an answer, in the languages of the locales: from people, networks, mailboxes and menus."""

from pathlib import Path

import pytest

from callagent.providers.amd.answer_phrases import asks_to_stay, kind_of, surely_of

TABLES = ("heard", "later")
"""`later` was written when the expressions for `heard` stood."""


def rows(table: str) -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    return [(language, kind, text) for language, kind, text in (line.split("\t") for line in lines)]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "hi", "ja"])
def test_words_tell_who_has_answered(table: str, language: str) -> None:
    said = [(kind, text) for spoken, kind, text in rows(table) if spoken == language]
    assert [(kind, text) for kind, text in said if (kind_of(text) or "human") != kind] == []


@pytest.mark.parametrize("table", TABLES)
def test_it_does_not_matter_how_the_recogniser_writes_it(table: str) -> None:
    plain = str.maketrans("", "", ",;:!")
    changed = [
        (kind, text.translate(plain).upper().replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"))
        for _, kind, text in rows(table)
    ]
    assert [(kind, text) for kind, text in changed if (kind_of(text) or "human") != kind] == []


@pytest.mark.parametrize(
    "text",
    ["", "Hello?", "Yeah.", "Hello, this is Lisa.", "もしもし", "Hallo?", "Dental office.", "Mm-hm.", "Allô"],
)
def test_words_that_do_not_tell_are_left_to_the_model(text: str) -> None:
    assert kind_of(text) in (None, "human")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Hello.", None),
        ("Hello. You have reached the voicemail of Tom Baker.", "voicemail"),
        ("Hi. Please leave a message.", "voicemail"),
        ("Hello. I'm not available right now.", None),
        ("Hi. I can't come to the phone, I'm cooking.", None),
        ("Hi. Can I leave a message for you?", "human"),
        ("Hello. The mailbox is full.", "unavailable"),
    ],
)
def test_in_the_middle_of_a_talk_only_what_no_person_says_counts(said: str, kind: str | None) -> None:
    assert surely_of(said) == kind


def test_whoever_is_waited_for_may_have_to_be_fetched() -> None:
    assert asks_to_stay("Thanks. Please stay on the line.")
    assert asks_to_stay("Einen Moment bitte.")
    assert not asks_to_stay("Hello, sorry to keep you waiting.")
    assert not asks_to_stay("One moment, who is this?")
