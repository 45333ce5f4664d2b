"""Numbers as they are spoken when they are dictated, in each language."""

import pytest

from callagent.phrases import tokens
from callagent.turns.endpointing.numerals import Numeral, numerals


def digits(text: str, language: str) -> list[str]:
    return [numeral.digits for numeral in numerals(tokens(text), language)]


UNITS = {
    "en": "zero one two three four five six seven eight nine",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "ja": "ゼロ いち 二 さん よん ご ろく なな はち きゅう",
}


@pytest.mark.parametrize(("language", "spoken"), UNITS.items())
def test_digits_are_known_in_each_language(language: str, spoken: str) -> None:
    assert digits(spoken, language) == list("0123456789")


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "ten, eleven, nineteen, twenty, twenty-one, twenty nine, thirty, thirty-three, ninety, ninety-nine"),
        (
            "de",
            "zehn elf neunzehn zwanzig einundzwanzig neunundzwanzig dreißig dreiunddreissig neunzig neunundneunzig",
        ),
        ("fr", "dix onze dix-neuf vingt vingt et un vingt-neuf trente trente-trois nonante nonante-neuf"),
        ("es", "diez once diecinueve veinte veintiuno veintinueve treinta treinta y tres noventa noventa y nueve"),
        ("it", "dieci undici diciannove venti ventuno ventinove trenta trentatré novanta novantanove"),
        ("pt", "dez onze dezenove vinte vinte e um vinte e nove trinta trinta e três noventa noventa e nove"),
    ],
)
def test_numbers_of_two_digits_are_one_numeral_each(language: str, spoken: str) -> None:
    assert digits(spoken, language) == ["10", "11", "19", "20", "21", "29", "30", "33", "90", "99"]


@pytest.mark.parametrize(
    ("language", "spoken", "value"),
    [
        ("fr", "soixante-neuf", "69"),
        ("fr", "soixante-dix", "70"),
        ("fr", "soixante et onze", "71"),
        ("fr", "soixante-douze", "72"),
        ("fr", "soixante-dix-neuf", "79"),
        ("fr", "quatre-vingts", "80"),
        ("fr", "quatre-vingt", "80"),
        ("fr", "quatre-vingt-un", "81"),
        ("fr", "quatre-vingt-neuf", "89"),
        ("fr", "quatre-vingt-dix", "90"),
        ("fr", "quatre-vingt-onze", "91"),
        ("fr", "quatre-vingt-dix-neuf", "99"),
        ("fr", "cinquante et un", "51"),
        ("fr", "septante-deux", "72"),
        ("es", "veintidós", "22"),
        ("es", "veintidos", "22"),
        ("es", "veintitrés", "23"),
        ("es", "veintiséis", "26"),
        ("es", "veinte y dos", "22"),
        ("it", "ventotto", "28"),
        ("it", "ventitre", "23"),
        ("it", "cinquantadue", "52"),
        ("de", "zwo", "2"),
        ("de", "ein und siebzig", "71"),
        ("pt", "meia", "6"),
        ("pt", "dezassete", "17"),
        ("hi", "पाँच", "5"),
        ("hi", "९", "9"),
        ("ja", "しち", "7"),
    ],
)
def test_numbers_with_forms_of_their_own(language: str, spoken: str, value: str) -> None:
    assert digits(spoken, language) == [value]


@pytest.mark.parametrize(
    ("language", "spoken", "each"),
    [
        ("en", "double five", ["55"]),
        ("en", "triple five", ["555"]),
        ("en", "treble five", ["555"]),
        ("en", "one, double two, three", ["1", "22", "3"]),
        ("en", "double twelve", ["1212"]),
        ("en", "double or five", ["5"]),
        ("hi", "डबल नौ", ["99"]),
        ("hi", "ट्रिपल नौ", ["999"]),
        ("de", "double fünf", ["5"]),
    ],
)
def test_digits_are_repeated_on_request(language: str, spoken: str, each: list[str]) -> None:
    assert digits(spoken, language) == each


@pytest.mark.parametrize(
    ("language", "spoken", "each"),
    [
        ("en", "twenty zero", ["20", "0"]),
        ("en", "twenty ten", ["20", "10"]),
        ("en", "twenty people", ["20"]),
        ("es", "treintiuno", []),
        ("fr", "trente et deux", ["30", "2"]),
        ("fr", "vingt un", ["20", "1"]),
        ("fr", "soixante et douze", ["60", "12"]),
        ("en", "quatre vingt", []),
        ("xx", "one 2 three", ["2"]),
    ],
)
def test_what_is_no_number_of_the_language_is_taken_by_its_parts(language: str, spoken: str, each: list[str]) -> None:
    assert digits(spoken, language) == each


def test_a_numeral_knows_the_words_that_it_is_made_of() -> None:
    assert numerals(tokens("call oh twenty-one double five 030"), "en") == [
        Numeral("0", 1, 2, True),
        Numeral("21", 2, 4, False),
        Numeral("55", 4, 6, False),
        Numeral("030", 6, 7, False),
    ]
