import pytest

from callagent.providers.local.whisper.transcript import cleaned, folded, key_words


@pytest.mark.parametrize(
    "sound", ["(coughs)", "[BLANK_AUDIO]", "♪ ♪", "*sighs*", " ... ", "", "-", ">>", "<|nospeech|>"]
)
def test_sounds_leave_nothing(sound: str) -> None:
    assert cleaned(sound) == ""


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("(coughs) Hello.", "Hello."),
        ("- Yes,  please.", "Yes, please."),
        (">> Hi ♪ there", "Hi there"),
        ("Mm-hmm.", "Mm-hmm."),
        ("5 - 3", "5 - 3"),
    ],
)
def test_words_stay(written: str, text: str) -> None:
    assert cleaned(written) == text


@pytest.mark.parametrize(
    ("written", "seconds", "text"),
    [
        ("Stop. Stop.", 0.35, "Stop."),
        ("Hold on, wait a second. Hold on, wait a second. Hold", 1.1, "Hold on, wait a second."),
        ("Excuse me. Excuse me. Excuse me. Exc", 0.8, "Excuse me."),
        ("Okay. Stop. Okay. Stop.", 1.1, "Okay. Stop."),
        ("Oh. Okay. Okay. Okay. Okay.", 0.8, "Oh. Okay."),
        ("So that's right. That's right. Good", 0.9, "So that's right. Good"),
        ("A-H-A. A-H-A.", 0.4, "A-H-A."),
    ],
)
def test_loops_are_folded(written: str, seconds: float, text: str) -> None:
    assert folded(written, seconds) == text


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("No, no, no.", 0.8),
        ("Yeah, yeah.", 0.6),
        ("five five five zero one two three", 2.4),
        ("Wait a second. Wait a second.", 2.1),
        ("We are open on weekdays from nine to six.", 1.2),
        ("Stop.", 0.1),
        ("", 1.0),
    ],
)
def test_what_can_have_been_said_stays(said: str, seconds: float) -> None:
    assert folded(said, seconds) == said


def test_words_compare_without_case_and_punctuation() -> None:
    assert key_words("No, STOP… it's - 5!") == ["no", "stop", "its", "5"]
