import pytest

from callagent.profile.sections.turn_settings import EndpointingSettings, VadSettings
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
        ("interruption.grace=4 s", "interruption.grace: must be between 50 ms and 3 s"),
        ("interruption.grace=0 ms", "interruption.grace: must be between 50 ms and 3 s"),
        ("interruption.grace=1 h", "interruption.grace: must be between 50 ms and 3 s"),
        ("interruption.grace=-1 s", "interruption.grace: must not be negative"),
        ("interruption.grace=350", "interruption.grace: needs its unit (ms, s, min, h), for example '350 ms'"),
        ("interruption.answer_window=1 min", "interruption.answer_window: must be between 0 ms and 5 s"),
        ("interruption.content_words=0", "interruption.content_words: must be at least 1"),
        ("interruption.min_confidence=1.1", "interruption.min_confidence: must be at most 1"),
        ("interruption.echo_guard=yes", "interruption.echo_guard: needs true or false"),
        ("interruption.soft_acks=[]", "interruption.soft_acks: must not be empty"),
        ("interruption.commands=stop", "interruption.commands: needs a list"),
        ("vad.sample_rate=44100", "vad.sample_rate: must be 8000 or 16000"),
        ("vad.activation_threshold=-0.1", "vad.activation_threshold: must be more than 0"),
        ("vad.activation_threshold=1", "vad.activation_threshold: must be less than 1"),
        ("vad.deactivation_threshold=0", "vad.deactivation_threshold: must be more than 0"),
        ("interruption.commands=[]", "interruption.commands: must not be empty"),
        ("vad.deactivation_threshold=0.5", "vad.deactivation_threshold: must be below activation_threshold (0.5)"),
        ("vad.min_silence=0 ms", "vad.min_silence: must be between 50 ms and 5 s"),
        ("endpointing.max_delay=100 ms", "endpointing.max_delay: must not be shorter than min_delay (400 ms)"),
        ("endpointing.max_turn=1 s", "endpointing.max_turn: must be between 5 s and 30 min"),
        ("endpointing.begin_key='*'", "endpointing.begin_key: is for `by: manual`, not for `by: vad`"),
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


def test_phrases_that_only_look_different_are_one(profiles: Profiles) -> None:
    profiles.write(
        "x",
        """\
        language: en-US
        interruption:
          soft_acks: [okay, Sí, mm-hmm, uh-huh, ok]
          commands: [OKAAAY, si, mhm, uhhuh, "o\u202ekay", "ok!", "no"]
        """,
    )
    said = {"OKAAAY": "okay", "si": "Sí", "mhm": "mm-hmm", "uhhuh": "uh-huh"}
    lines = profiles.problems("x")
    for index, (command, ack) in enumerate(said.items()):
        told = f"'{command}' is in soft_acks too, as '{ack}' (x.yaml:3)"
        assert lines[index] == f"x.yaml:4: interruption.commands[{index}]: {told}"
    assert len(lines) == 6


def test_a_hesitation_or_an_aside_is_no_command(profiles: Profiles) -> None:
    assert refused(
        profiles, "interruption.commands=[stop, wait]", "interruption.tics=[Stop]", "interruption.aside_phrases=[wait]"
    ) == [
        "interruption.tics[0]: 'Stop' is in commands too (--set)",
        "interruption.aside_phrases[0]: 'wait' is in commands too (--set)",
    ]


@pytest.mark.parametrize("phrase", ["[laughs]", "(okay)", "*sighs*", "\u02bc", "\u02bc \u2019"])
def test_what_is_left_of_nothing_is_no_phrase(profiles: Profiles, phrase: str) -> None:
    profiles.write("x", f"language: en-US\ninterruption:\n  soft_acks: ['{phrase}']\n  commands: [stop]\n")
    (line,) = profiles.problems("x")
    assert line.startswith("x.yaml:3: interruption.soft_acks[0]: ")


def test_thresholds_of_two_files_are_both_named(profiles: Profiles) -> None:
    lists = "interruption: {soft_acks: [okay], commands: [stop]}"
    profiles.write("base", f"language: en-US\nvad: {{deactivation_threshold: 0.4}}\n{lists}\n")
    profiles.write("x", "extends: base\n\nvad: {activation_threshold: 0.3}\n")
    assert profiles.problems("x") == [
        "base.yaml:2: vad.deactivation_threshold: must be below activation_threshold (0.3) (x.yaml:3)"
    ]


def test_nobody_ends_turns_whom_there_is_not(profiles: Profiles) -> None:
    (line,) = refused(profiles, "endpointing.by=models")
    assert line.startswith("endpointing.by: must be 'vad', 'stt', 'model', 'realtime' or 'manual'")
    assert line.endswith("did you mean 'model'?")


@pytest.mark.parametrize("by", ["manual", "realtime"])
def test_a_dynamic_delay_is_for_turns_that_a_pause_ends(profiles: Profiles, by: str) -> None:
    (line,) = refused(profiles, f"endpointing.by={by}", "endpointing.mode=dynamic")
    assert line.startswith(
        f"endpointing.mode: dynamic learns from pauses that end turns, and with `by: {by}` none does"
    )


def test_a_key_that_begins_a_turn_needs_one_that_ends_it(profiles: Profiles) -> None:
    (line,) = refused(profiles, "endpointing.by=manual", "endpointing.key=off", "endpointing.begin_key='*'")
    assert line.startswith("endpointing.begin_key: begins a turn that no key ends: set key")


@pytest.mark.parametrize(("written", "key"), [('"#"', "#"), ("off", "off"), ("0", "0"), ("9", "9"), ("A", "A")])
def test_keys_of_a_telephone_are_taken_as_yaml_has_them(profiles: Profiles, written: str, key: str) -> None:
    profiles.minimal("x", f"endpointing: {{by: manual, key: {written}}}")
    assert profiles.load("x").endpointing.key == key


@pytest.mark.parametrize("written", ["#", "", "E", "10", "true"])
def test_what_is_no_key_is_refused_with_its_line(profiles: Profiles, written: str) -> None:
    profiles.minimal("x", f"endpointing:\n  by: manual\n  key: {written}")
    (line,) = profiles.problems("x")
    assert "endpointing.key: " in line and ".yaml:" in line
