"""Words around what is dictated, and how many digits things have."""

import pytest

from callagent.turns.endpointing import Dictation
from callagent.turns.endpointing.vocabulary import among, asks, spoken, vocabulary

DIGITS = "13579246801357"


@pytest.mark.parametrize(
    ("locale", "question", "count"),
    [
        ("en-US", "What are the last four digits of your card?", 4),
        ("en-US", "And the last 4?", 4),
        ("en-US", "What is your ZIP code?", 5),
        ("de-DE", "Wie ist Ihre Postleitzahl?", 5),
        ("de-AT", "Ihre PLZ?", 5),
        ("fr-FR", "Quel est votre numéro SIRET ?", 14),
        ("fr-FR", "Quel est votre numéro SIREN ?", 9),
        ("fr-FR", "Quel est votre code postal ?", 5),
        ("es-ES", "¿Cuál es su código postal?", 5),
        ("es-MX", "¿Cuál es su codigo postal?", 5),
        ("it-IT", "Qual è il numero della sua partita IVA?", 11),
        ("it-IT", "Qual è il CAP?", 5),
        ("pt-BR", "Qual é o número do CNPJ?", 14),
        ("pt-BR", "Qual é o seu CPF?", 11),
        ("pt-BR", "Qual é o CEP?", 8),
        ("hi-IN", "आपका आधार नंबर क्या है?", 12),
        ("hi-IN", "आपका पिनकोड क्या है?", 6),
        ("hi-IN", "What is your pin code?", 6),
        ("ja-JP", "郵便番号をお願いします。", 7),
    ],
)
def test_what_has_as_many_digits_everywhere_is_complete_with_them(locale: str, question: str, count: int) -> None:
    rule = Dictation(locale, ["number"])
    assert rule.unfinished(DIGITS[: count - 1], question) == "number"
    assert rule.unfinished(DIGITS[:count], question) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("アット gmail", ["アット", "gmail"]),
        ("tanakaアットマークgmailドットcom", ["tanaka", "アットマーク", "gmail", "ドット", "com"]),
        ("090ハイフン1234の5678", ["090", "ハイフン", "1234", "の", "5678"]),
        ("8ケタ", ["8", "ケタ"]),
        ("アッと", ["ア", "ッ", "と"]),
        ("", []),
    ],
)
def test_words_of_dictation_are_whole_in_a_script_without_spaces(text: str, words: list[str]) -> None:
    assert spoken(text, vocabulary("ja")) == words


def test_words_between_spaces_are_as_they_are() -> None:
    assert spoken("John dot Smith, AT gmail", vocabulary("en")) == ["john", "dot", "smith", "at", "gmail"]


def test_listed_words_are_compared_in_normal_form() -> None:
    assert among("ät", "at Ät")
    assert not among("a", "at Ät")


def test_a_question_is_searched_without_regard_to_case() -> None:
    assert asks(r"\bzip\b", "Your ZIP?")
    assert not asks(r"\bzip\b", "Your zipper?")


def test_of_an_unknown_language_nothing_is_known() -> None:
    unknown = vocabulary("xx")
    assert not asks(unknown.number_asked, "number")
    assert (unknown.lengths, unknown.joints) == ((), "")
