from pathlib import Path

from callagent.scripted_calls.levels.text.cues import Unfolding, spoken_length, unfold, words_of
from callagent.scripted_calls.script.caller import CallerAudio, Recording, Reported, ReportedWords, Sound, Speech


def unfolded(what: CallerAudio, before: str = "") -> Unfolding:
    return unfold(what, min_speech=0.05, min_silence=0.35, before=before)


def times(unfolding: Unfolding, kind: str) -> list[float]:
    return [round(cue.at, 3) for cue in unfolding.cues if cue.kind == kind]


def texts(unfolding: Unfolding, kind: str) -> list[str]:
    return [cue.text for cue in unfolding.cues if cue.kind == kind]


def test_words_take_time_and_punctuation_makes_pauses() -> None:
    assert [(word.text, round(word.start, 3), round(word.end, 3)) for word in words_of("No, stop.")] == [
        ("No,", 0.0, 0.267),
        ("stop.", 0.417, 0.817),
    ]
    assert round(spoken_length("No, stop."), 3) == 0.817
    assert spoken_length("  ") == 0.0


def test_speech_is_detected_a_little_later_and_ends_after_the_silence() -> None:
    unfolding = unfolded(Speech("No, stop."))
    assert times(unfolding, "speech started") == [0.1]
    assert times(unfolding, "speech ended") == [1.167]


def test_words_are_guessed_before_they_are_over() -> None:
    unfolding = unfolded(Speech("No, stop."))
    assert texts(unfolding, "interim") == ["No,", "No, stop."]
    assert times(unfolding, "interim") == [0.26, 0.757]


def test_the_final_transcript_follows_the_end_of_speech() -> None:
    unfolding = unfolded(Speech("No, stop."))
    assert texts(unfolding, "final") == ["No, stop."]
    assert times(unfolding, "final") == [1.267]


def test_speech_that_goes_on_is_one_stretch() -> None:
    unfolding = unfolded(Speech("but wait."), before="Yeah okay,")
    assert times(unfolding, "speech started") == []
    assert texts(unfolding, "interim") == ["Yeah okay, but", "Yeah okay, but wait."]
    assert texts(unfolding, "final") == ["Yeah okay, but wait."]


def test_the_line_is_quiet_in_long_pauses_and_at_the_end() -> None:
    unfolding = unfolded(Speech("Okay. Yeah."))
    assert times(unfolding, "loud") == [0.02, 0.72]
    assert times(unfolding, "quiet") == [0.5, 1.2]


def test_a_cough_is_taken_for_speech_without_words() -> None:
    unfolding = unfolded(Sound("cough"))
    assert times(unfolding, "speech started") == [0.1]
    assert texts(unfolding, "final") == []


def test_noise_is_only_loud() -> None:
    assert {cue.kind for cue in unfolded(Sound("noise")).cues} == {"loud", "quiet"}


def test_a_recording_is_its_text_and_without_one_a_noise() -> None:
    assert texts(unfolded(Recording(Path("ok.wav"), "Okay.")), "final") == ["Okay."]
    assert texts(unfolded(Recording(Path("street.wav"))), "final") == []


HEARD = (ReportedWords(0.6, "Okay.", False, 0.2), ReportedWords(1.5, "Okay, wait.", True, 0.75))


def test_speech_that_was_heard_before_is_reported_as_it_was() -> None:
    unfolding = unfolded(Reported("Okay, wait.", 0.9, HEARD))
    assert unfolding.duration == 0.9
    assert (times(unfolding, "interim"), texts(unfolding, "interim")) == ([0.6], ["Okay."])
    assert (times(unfolding, "final"), texts(unfolding, "final")) == ([1.5], ["Okay, wait."])
    assert [cue.confidence for cue in unfolding.cues if cue.text] == [0.2, 0.75]
    assert times(unfolding, "speech started") == [0.1] and times(unfolding, "speech ended") == [1.25]
    assert times(unfolding, "loud") == [0.02] and times(unfolding, "quiet") == [1.0]


def test_the_line_is_loud_when_it_was() -> None:
    unfolding = unfolded(Reported("", 0.9, loud=((0.0, 0.3), (0.6, 0.88))))
    assert times(unfolding, "loud") == [0.0, 0.6] and times(unfolding, "quiet") == [0.3, 0.88]


def test_a_line_that_was_never_loud_is_not() -> None:
    unfolding = unfolded(Reported("", 0.9, loud=()))
    assert (times(unfolding, "loud"), times(unfolding, "quiet")) == ([], [0.0])


def test_speech_that_goes_on_begins_only_once() -> None:
    unfolding = unfold(Reported("wait", 0.5, HEARD[1:]), min_speech=0.05, min_silence=0.35, running=True)
    assert times(unfolding, "speech started") == [] and times(unfolding, "speech ended") == [0.85]
