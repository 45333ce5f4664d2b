from callagent.providers.keyterms import OFTEN_MISHEARD, prompt_text


def test_often_misheard_phrases_of_the_profile_come_first() -> None:
    bias = ("gotcha", "okay", "stop", "uh-huh")
    assert prompt_text(bias, lambda text: True) == "Uh-huh. Stop. Okay. Gotcha."


def test_phrases_that_the_profile_has_not_got_stay_out() -> None:
    assert prompt_text(("okay",), lambda text: True) == "Okay."
    assert prompt_text((), lambda text: True) == ""


def test_prompt_ends_where_no_more_fits() -> None:
    assert prompt_text(OFTEN_MISHEARD, lambda text: len(text) <= 20) == "Uh-huh. Mm-hmm. Mhm."
