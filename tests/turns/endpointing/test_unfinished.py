"""What a turn so far is an unfinished part of: question, transcript, kind (None: a pause ends the turn)."""

from typing import get_args

import pytest

from callagent.turns.endpointing import Dictation, Kind

REACTIONS = {"yes", "no", "sorry", "okay", "nein", "no thanks"}

PHONE = "What is your telephone number?"
EIGHT = "Please tell me your eight digit customer number."
MAIL = "What is your e-mail address?"
BORN = "What is your date of birth?"
SPELL = "How do you spell your name?"
HELP = "Harbour Dental, how can I help you?"

ENGLISH: list[tuple[str, str, Kind | None]] = [
    (PHONE, "Five five five.", "number"),
    (PHONE, "Five five five. Zero one two.", "number"),
    (PHONE, "Five five five. Zero one two. Three four five six.", None),
    (PHONE, "Five, five, five, oh, one, two", "number"),
    (PHONE, "It's 555.", "number"),
    (PHONE, "202 555 0101", None),
    (PHONE, "202-555-0101.", None),
    (PHONE, "+1 202 555 0101", None),
    (PHONE, "1 202 555", "number"),
    (PHONE, "Two zero two, uh,", "number"),
    (PHONE, "Two zero two, dash", "number"),
    (PHONE, "Triple five.", "number"),
    (PHONE, "Two.", "number"),
    (PHONE, "I don't know.", None),
    (PHONE, "Oh.", None),
    (PHONE, "My number is 202 555 0101, is that enough", None),
    (PHONE, "Five five five, is that okay?", None),
    (PHONE, "Five five five, wait a moment.", None),
    (PHONE, "Five five five?", "number"),
    (PHONE, "Is it five?", None),
    ("What number can I reach you at?", "Two zero two.", "number"),
    ("Thank you for the number. For how many people?", "Two.", None),
    ("How many people?", "Two.", None),
    ("How many people?", "Two or three.", None),
    ("What is your room number?", "Twelve.", None),
    ("Press one for our hours, two for appointments.", "One.", None),
    (HELP, "A table for four.", None),
    (HELP, "My number is two zero two", "number"),
    (HELP, "You can call me on 202 555 0101.", None),
    (HELP, "five five five", "number"),
    (HELP, "I was born in nineteen eighty four.", None),
    (HELP, "I want to pay 250 dollars.", None),
    (HELP, "I paid 250.", None),
    (HELP, "I am calling you about table two.", None),
    (HELP, "I bought the phone in 2019.", None),
    (HELP, "I would like number five.", None),
    (HELP, "My house number is 12.", None),
    (HELP, "I got your e-mail at two.", None),
    (HELP, "I sent an e-mail, at that point", None),
    (HELP, "It was in 2019.", None),
    ("What time?", "Ten thirty.", None),
    ("What time?", "At five p.m.", None),
    (EIGHT, "Four zero seven one.", "number"),
    (EIGHT, "four zero seven one three three five five", None),
    (EIGHT, "4071-3355", None),
    (EIGHT, "4071-335", "number"),
    ("Your 5-digit code?", "4071", "number"),
    ("Your 5-digit code?", "40713", None),
    ("What are the last four digits of your card?", "Double four", "number"),
    ("What are the last four digits of your card?", "Double four, one two", None),
    ("What is your customer number?", "Four, zero, seven, one", "number"),
    ("What is your customer number?", "I will look it up.", None),
    (SPELL, "S M I", "spelling"),
    (SPELL, "S.", "spelling"),
    (SPELL, "S as in Sierra", "spelling"),
    (SPELL, "S as in", "spelling"),
    (SPELL, "M for Mike, I for", "spelling"),
    (SPELL, "Smith.", None),
    (SPELL, "S M I T H, that's it.", None),
    (HELP, "That's B as in Bravo", "spelling"),
    (HELP, "It is J O N E", "spelling"),
    (HELP, "I like pizza", None),
    (HELP, "I am in the U.S.", None),
    (HELP, "It is vitamin B", None),
    ("What is your postcode?", "S W one A one A A", None),
    (MAIL, "John dot Smith", "email"),
    (MAIL, "John dot Smith at gmail", "email"),
    (MAIL, "John dot Smith at gmail dot", "email"),
    (MAIL, "John dot Smith at gmail dot com", None),
    (MAIL, "It's john.smith@", "email"),
    (MAIL, "john.smith@gmail.com.", None),
    (MAIL, "john at gmail.com", None),
    (MAIL, "John Smith.", "email"),
    (MAIL, "John Smith eighty four", "email"),
    (MAIL, "J S M", "email"),
    (MAIL, "No.", None),
    (MAIL, "I don't have one.", None),
    (MAIL, "I am at work right now, can we", None),
    (MAIL, "Jane at example dot co", "email"),
    (MAIL, "Jane at example dot co dot uk", None),
    (HELP, "My e-mail is john dot smith", "email"),
    (HELP, "I'm at home", None),
    ("When would you like to come?", "On the fourth of", "date"),
    ("When would you like to come?", "On the 4th of", "date"),
    ("When would you like to come?", "On the fourth of December", None),
    ("When would you like to come?", "In December.", None),
    ("Which day?", "The fourth.", None),
    ("On what date?", "The fourth.", "date"),
    ("On what date?", "December", "date"),
    ("On what date?", "December fourth", None),
    ("On what date?", "Next Friday.", None),
    (BORN, "The fourth of December", "date"),
    (BORN, "The fourth of December nineteen", "date"),
    (BORN, "The fourth of December nineteen eighty four", None),
    (BORN, "December 4th, 1984.", None),
    (BORN, "The fourth of December eighty four", None),
    (BORN, "12/04", "date"),
    (BORN, "12/04/1984", None),
    (BORN, "04121984", None),
    (BORN, "Why do you ask", None),
    (BORN, "The fourth of December nineteen hundred", "date"),
    (BORN, "The fourth of December nineteen hundred eighty four", None),
    (PHONE, "Four one five, no, sorry, four", "number"),
    (PHONE, "202 555 01, no wait, 02", "number"),
    (PHONE, "Five five five, no, sorry,", "number"),
    (PHONE, "202 555 0101, I mean", "number"),
    (PHONE, "No, sorry.", None),
    ("How many people?", "Two, no, sorry,", None),
    (HELP, "I paid 250, sorry.", None),
    ("What is your card number?", "4111 1111 1111", "number"),
    ("What is your card number?", "4111 1111 1111 1111", None),
    ("What is your card number?", "four one one one, one one one one, one one one one, one one one one.", None),
    ("What is your card number?", "4111 1111 1111 1112", "number"),
    ("What is your card number?", "3782 822463 10005", None),
    ("What is your zip code?", "nine four", "number"),
    ("What is your zip code?", "94110", None),
    ("What are the last four of your card?", "six seven", "number"),
    ("What are the last four of your card?", "6789", None),
    (HELP, "My reservation number is B Q", "spelling"),
    (HELP, "My number is A as in", "spelling"),
    (HELP, "The plan B is a good one", None),
]

OTHERS: list[tuple[str, str, str, Kind | None]] = [
    ("de-DE", "Wie ist Ihre Telefonnummer?", "Null drei null.", "number"),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "030 12 34", "number"),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "0151 12345678", None),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "null eins fünf eins, eins zwei drei vier fünf sechs sieben acht", None),
    ("de-DE", "Wie ist Ihre achtstellige Kundennummer?", "vier null sieben", "number"),
    ("de-DE", "Wie ist Ihre achtstellige Kundennummer?", "vierzig einundsiebzig dreiunddreißig", "number"),
    ("de-DE", "Wie ist Ihre achtstellige Kundennummer?", "vierzig einundsiebzig dreiunddreißig fünfundfünfzig", None),
    ("de-DE", "Ihre 5-stellige Postleitzahl?", "1 0 1", "number"),
    ("de-DE", "Für wie viele Personen?", "Zwei.", None),
    ("de-DE", "Wie buchstabiert man das?", "M wie Martha", "spelling"),
    ("de-DE", "Wann möchten Sie kommen?", "Am vierten Dezember", None),
    ("de-DE", "Wie lautet Ihr Geburtsdatum?", "Am vierten Dezember", "date"),
    ("de-DE", "Wie lautet Ihr Geburtsdatum?", "vierter zwölfter", "date"),
    ("de-DE", "Wie lautet Ihr Geburtsdatum?", "vierter zwölfter neunzehnhundertvierundachtzig", None),
    ("de-DE", "Wie ist Ihre E-Mail-Adresse?", "max punkt müller", "email"),
    ("de-DE", "Wie ist Ihre E-Mail-Adresse?", "max punkt müller ät web punkt de", None),
    ("en-GB", "What is your phone number?", "oh two oh, seven nine four six", "number"),
    ("en-GB", "What is your phone number?", "oh two oh, seven nine four six, oh one two three", None),
    ("fr-FR", "Quel est votre numéro de téléphone ?", "zéro six, douze", "number"),
    ("fr-FR", "Votre numéro de téléphone.", "zéro six douze trente-quatre cinquante-six soixante-dix-huit", None),
    ("fr-FR", "Bonjour.", "zéro six douze", "number"),
    ("fr-FR", "Combien de personnes ?", "Deux.", None),
    ("fr-FR", "Pouvez-vous épeler ?", "D comme Denis", "spelling"),
    ("fr-FR", "Quelle est votre date de naissance ?", "le quatre décembre", "date"),
    ("fr-FR", "Quelle est votre date de naissance ?", "le quatre décembre mille neuf cent quatre-vingt-quatre", None),
    ("es-ES", "¿Cuál es su número de teléfono?", "seis doce", "number"),
    ("es-ES", "¿Su teléfono?", "seis doce treinta y cuatro cincuenta y seis setenta y ocho", None),
    ("es-ES", "¿Cuál es su correo?", "ana punto lópez arroba", "email"),
    ("es-ES", "¿Cuál es su correo?", "ana punto lópez arroba gmail punto com", None),
    ("es-MX", "¿Cuándo?", "El cuatro de", "date"),
    ("es-MX", "¿Cuántas personas?", "Dos.", None),
    ("it-IT", "Qual è il suo numero di telefono?", "tre uno due", "number"),
    ("it-IT", "Il suo codice di sei cifre?", "ventidue trentotto", "number"),
    ("it-IT", "Il suo codice di sei cifre?", "ventidue trentotto quarantuno", None),
    ("it-IT", "Per quante persone?", "Due.", None),
    ("pt-BR", "Qual é o seu telefone?", "onze nove seis um", "number"),
    ("pt-BR", "Qual é o seu telefone?", "onze nove seis um dois três quatro cinco seis meia", None),
    ("pt-BR", "Para quantas pessoas?", "Duas.", None),
    ("hi-IN", "आपका फ़ोन नंबर क्या है?", "नौ आठ एक दो", "number"),
    ("hi-IN", "आपका फ़ोन नंबर क्या है?", "nine eight one two", "number"),
    ("hi-IN", "आपका फ़ोन नंबर क्या है?", "९८१२३४५६७८", None),
    ("hi-IN", "कितने लोग?", "दो", None),
    ("ja-JP", "お電話番号をお願いします。", "090", "number"),
    ("ja-JP", "お電話番号をお願いします。", "ゼロ きゅう ゼロ", "number"),
    ("ja-JP", "お電話番号をお願いします。", "090-1234-5678", None),
    ("ja-JP", "お電話番号をお願いします。", "よろしくお願いします。", None),
    ("ja-JP", "何名様ですか。", "二名です。", None),
    ("ja-JP", "生年月日をお願いします。", "1984年12月", "date"),
    ("ja-JP", "生年月日をお願いします。", "1984年12月4日", None),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "null eins fünf eins", "number"),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "0171", "number"),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "0151 23 45", "number"),
    ("de-DE", "Wie ist Ihre Postleitzahl?", "eins null", "number"),
    ("de-DE", "Wie ist Ihre Postleitzahl?", "10115", None),
    ("de-DE", "Wie ist Ihre Telefonnummer?", "null drei null, nein, Entschuldigung,", "number"),
    ("fr-FR", "Quel est votre numéro de téléphone ?", "zéro six douze, non, pardon,", "number"),
    ("es-ES", "¿Cuál es su número de teléfono?", "seis doce, no, perdón,", "number"),
    ("it-IT", "Qual è il suo numero di telefono?", "tre quattro zero, anzi,", "number"),
    ("pt-BR", "Qual é o seu telefone?", "onze nove, não, desculpa,", "number"),
    ("hi-IN", "आपका फ़ोन नंबर क्या है?", "नौ आठ, नहीं, सॉरी,", "number"),
    ("de-DE", "Wann sind Sie geboren?", "am dritten Mai neunzehnhundert", "date"),
    ("fr-FR", "Quel est votre code postal ?", "75011", None),
    ("fr-FR", "Quelle est votre date de naissance ?", "le trois mai mille neuf cent", "date"),
    ("es-ES", "¿Cuál es su fecha de nacimiento?", "el tres de mayo de mil novecientos", "date"),
    ("es-ES", "¿Cuál es su fecha de nacimiento?", "el tres de mayo de mil novecientos ochenta", None),
    ("es-MX", "¿Cuál es su código postal?", "cero seis", "number"),
    ("it-IT", "Qual è la sua data di nascita?", "tre maggio millenovecento", "date"),
    ("pt-BR", "Qual é o seu CPF?", "123.456", "number"),
    ("pt-BR", "Qual é o seu CPF?", "123.456.789-09", None),
    ("pt-BR", "Qual é o seu CEP?", "01310-100", None),
    ("hi-IN", "आपका पिन कोड क्या है?", "110001", None),
    ("ja-JP", "郵便番号をお願いします。", "100-0001", None),
    ("nl-NL", "Wat is uw nummer?", "030 123", "number"),
    ("nl-NL", "Wat is uw nummer?", "twee", None),
]


def rule(locale: str, *kinds: Kind) -> Dictation:
    reacts = lambda text: text.lower().strip(" .!,") in REACTIONS  # noqa: E731 - a stand-in for a lexicon
    return Dictation(locale, kinds or get_args(Kind), hesitations=["uh", "um"], is_reaction=reacts)


@pytest.mark.parametrize(("question", "said", "kind"), ENGLISH)
def test_what_is_waited_for_in_english(question: str, said: str, kind: Kind | None) -> None:
    locale = "en-GB" if "postcode" in question or "dot uk" in said else "en-US"
    assert rule(locale).unfinished(said, question) == kind


@pytest.mark.parametrize(("locale", "question", "said", "kind"), OTHERS)
def test_what_is_waited_for_in_the_other_locales(locale: str, question: str, said: str, kind: Kind | None) -> None:
    assert rule(locale).unfinished(said, question) == kind


def test_a_kind_that_is_not_wanted_is_not_waited_for() -> None:
    assert rule("en-US", "date", "email", "spelling").unfinished("Five five five.", PHONE) is None
    assert rule("en-US", "number").unfinished("S as in Sierra", SPELL) is None


@pytest.mark.parametrize("said", ["", " ", "?!", "\u200d", "9" * 5000, "one " * 2000, "a@" * 2000, "१" * 300])
def test_whatever_a_recogniser_writes_is_judged(said: str) -> None:
    for locale in ("en-US", "ja-JP", "xx", "zz-Zzzz-ZZ"):
        rule(locale).unfinished(said, PHONE)
