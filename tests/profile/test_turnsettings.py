import pytest

from callagent.profile.turnsettings import EndpointingSettings, VadSettings
from tests.support.profiles import Profiles


def refused(profiles: Profiles, *sets: str) -> list[str]:
    profiles.minimal("x")
    return [line.removeprefix("--set: ") for line in profiles.problems("x", *sets)]


def test_defaults_are_those_of_a_phone_line() -> None:
    assert VadSettings() == VadSettings(sample_rate=8000, activation_threshold=0.5, deactivation_threshold=0.35)
    assert (VadSettings().min_silence, EndpointingSettings().max_delay) == (0.35, 2.0)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("interruption.grace=4 s", "interruption.grace: must be between 0 ms and 3 s"),
        ("interruption.grace=-1 s", "interruption.grace: must not be negative"),
        ("interruption.grace=350", "interruption.grace: needs its unit (ms, s, min, h), for example '350 ms'"),
        ("interruption.answer_window=1 min", "interruption.answer_window: must be between 0 ms and 5 s"),
        ("interruption.content_words=0", "interruption.content_words: must be at least 1"),
        ("interruption.min_confidence=1.1", "interruption.min_confidence: must be at most 1"),
        ("interruption.echo_guard=yes", "interruption.echo_guard: needs true or false"),
        ("interruption.soft_acks=[]", "interruption.soft_acks: must not be empty"),
        ("interruption.commands=stop", "interruption.commands: needs a list"),
        ("vad.sample_rate=44100", "vad.sample_rate: must be 8000 or 16000"),
        ("vad.activation_threshold=-0.1", "vad.activation_threshold: must be at least 0"),
        ("vad.deactivation_threshold=0.5", "vad.deactivation_threshold: must be below activation_threshold (0.5)"),
        ("vad.min_silence=0 ms", "vad.min_silence: must be between 50 ms and 5 s"),
        ("endpointing.max_delay=100 ms", "endpointing.max_delay: must not be shorter than min_delay (400 ms)"),
    ],
)
def test_absurd_values_are_refused(profiles: Profiles, override: str, message: str) -> None:
    assert refused(profiles, override) == [message]


def test_phrases_that_cannot_be_said_are_refused_one_by_one(profiles: Profiles) -> None:
    assert refused(profiles, "interruption.soft_acks=[okay, '', '...', '42', hm]") == [
        "interruption.soft_acks[1]: a phrase needs letters, '' has none",
        "interruption.soft_acks[2]: a phrase needs letters, '...' has none",
        "interruption.soft_acks[3]: a phrase needs letters, '42' has none",
    ]


def test_a_phrase_is_not_a_speech(profiles: Profiles) -> None:
    assert refused(profiles, f"interruption.commands=[{'stop ' * 20}]") == [
        "interruption.commands[0]: a phrase has at most 80 characters"
    ]


def test_a_phrase_is_an_acknowledgement_or_a_command_however_it_is_spelt(profiles: Profiles) -> None:
    profiles.write(
        "x",
        """\
        language: en-US
        interruption:
          soft_acks: [uh-huh, "that's it"]
          commands:
            - stop
            - Uh huh!
            - Thats it
        """,
    )
    assert profiles.problems("x") == [
        "x.yaml:6: interruption.commands[1]: 'Uh huh!' is in soft_acks too (x.yaml:3)",
        "x.yaml:7: interruption.commands[2]: 'Thats it' is in soft_acks too (x.yaml:3)",
    ]


def test_phrases_of_any_script_are_phrases(profiles: Profiles) -> None:
    profiles.minimal("x")
    acks = profiles.load("x", "interruption.soft_acks=[はい, हाँ, d'accord]").interruption.soft_acks
    assert acks == ("はい", "हाँ", "d'accord")
