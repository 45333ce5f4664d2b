import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.phrases import after_hum, is_hum, is_plain_hum, tokens
from callagent.phrases.hums import LONGEST

HUMS = (
    "mm hmm hm mhm mm-hmm mmhmm hmhm mjm mñm nhn uh-huh uhhuh unh-hunh uh-hum umhm aha ajá aham ãhã ahã ãham anhan "
    "uhum unhum hum huh hã ñam ñam-ñam mmkay mkay mmmkay ähä mjum "
    "उम्हूँ हम् हम्म म्म म्हम हूँ हं うん うんうん ふーん ふむ ンン 嗯 음 응 "
    "хм угу χμ"  # noqa: RUF001 - Cyrillic
)
WORDS = (
    "him hem ham hom home mamá mama nein um umm uhm ahem nah no hymn amanhã manhã mum mom man human haha ihm ihn "
    "nehmen uh-uh uhuh nuh-uh main hein mano não em una ohne on hon nm mn hmong mañana minha हम हमने महान मन नहीं "
    "जन्म मम्मी ううん うーん んー むり men name moon john make okay yes sí ja oui"
)


@pytest.mark.parametrize("spelt", HUMS.split())
def test_a_hum_is_known_by_how_it_is_built(spelt: str) -> None:
    assert is_hum("".join(tokens(spelt)))


@pytest.mark.parametrize("spelt", WORDS.split())
def test_a_word_is_no_hum(spelt: str) -> None:
    assert not is_hum("".join(tokens(spelt)))


@pytest.mark.parametrize(
    ("spelt", "plain"), [("hm", True), ("huh", True), ("うん", True), ("हम्म", True), ("हम", False)]
)
def test_hums_of_one_beat(spelt: str, plain: bool) -> None:
    assert is_plain_hum("".join(tokens(spelt))) is plain


@pytest.mark.parametrize("spelt", ["mhm", "uh-huh", "ãhã", "okay"])
def test_hums_of_two_beats_are_not_plain(spelt: str) -> None:
    assert not is_plain_hum("".join(tokens(spelt)))


@given(st.text("hm", min_size=1, max_size=LONGEST).filter(lambda text: "m" in text))
def test_however_long_it_is_a_hum_stays_one(spelt: str) -> None:
    assert all(is_hum(word) for word in tokens(spelt))


@given(st.text("bcdfgklpqrstvwxyz", min_size=1), st.text("hmn", max_size=3))
def test_other_consonants_make_a_word(letters: str, murmur: str) -> None:
    assert not is_hum(murmur + letters) or (murmur + letters)[-2:] == "mk"


def test_the_longest_hum() -> None:
    assert is_hum("mh" * (LONGEST // 2))
    assert not is_hum("mh" * (LONGEST // 2) + "m")


@pytest.mark.parametrize(
    ("word", "rest"),
    [
        ("mmokay", "okay"),
        ("mmyeah", "yeah"),
        ("hmmyeah", "yeah"),
        ("hmokay", "okay"),
        ("mmhokay", "okay"),
        ("mokay", ""),
        ("hello", ""),
        ("okay", ""),
        ("mm", ""),
        ("hm", ""),
    ],
)
def test_what_follows_a_hum(word: str, rest: str) -> None:
    assert after_hum(word) == rest
