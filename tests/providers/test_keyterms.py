from callagent.providers.keyterms import bias_of
from tests.providers.conftest import profile_with


def test_sounds_acknowledgements_and_commands_take_turns() -> None:
    assert bias_of(profile_with()) == ("uh-huh", "okay", "stop", "mm-hmm", "yeah", "wait", "hold on")


def test_one_of_two_spellings_is_enough() -> None:
    assert "uhhuh" not in bias_of(profile_with())
