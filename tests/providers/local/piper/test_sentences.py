import pytest

from callagent.providers.local.piper.tts import FIRST_PIECE, first_pieces, pieces_of


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("Done.", ["Done."]),
        ("Could you say that again, please?", ["Could you say that again, please?"]),
        ("Thank you, you are booked for noon, on Friday.", ["Thank you, you are booked for noon,", "on Friday."]),
        ("We are open on weekdays from nine to six.", ["We are open on weekdays", "from nine to six."]),
        (
            "The practice on Harbour Street is open every weekday of the year, holidays excepted.",
            ["The practice on Harbour Street is open every weekday of the year,", "holidays excepted."],
        ),
    ],
)
def test_long_first_sentence_is_cut_at_a_clause(sentence: str, pieces: list[str]) -> None:
    assert first_pieces(sentence) == pieces


def test_numbers_are_not_cut() -> None:
    assert first_pieces("That is 1,200,000 dollars in total for this year's whole budget plan.") == [
        "That is 1,200,000 dollars in total for this year's whole budget plan."
    ]


def test_no_tiny_piece_comes_first() -> None:
    pieces = first_pieces("Well, there is nothing here that could be called a clause boundary at all.")
    assert len(pieces[0]) > 10


def test_only_the_first_sentence_is_cut() -> None:
    long = "This sentence is rather long, since it has to be longer than the limit for the first one."
    assert pieces_of(f"Hello. {long}") == ["Hello.", long]
    assert len(pieces_of(long)[0]) <= FIRST_PIECE


def test_silence_has_no_pieces() -> None:
    assert pieces_of("  ") == []
