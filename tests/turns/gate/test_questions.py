"""What the agent asks for, in every locale, and what only looks like a question; the end of a question."""

from functools import cache

import pytest

from callagent.phrases import QUESTION_MARKS
from callagent.profile import load_profile
from callagent.profile.paths import packaged_configs
from callagent.turns.config import GateConfig
from callagent.turns.gate.questions import Questions

ASKING = {
    "en-US": (
        "Please say yes if you want to keep your appointment on Friday.",
        "If you would rather come on another day, tell me which one.",
        "Say yes to confirm.",
        "To confirm your booking, say yes.",
        "Let me know whether that works for you.",
        "You are Ann Miller, right.",
        "That is at nine, isn't it.",
        "Just answer yes or no.",
        "Could you spell that for me.",
        "And what is your date of birth.",
        "When would you like to come.",
        "I need to know which doctor you saw.",
        "I'll need your date of birth.",
        "Please confirm your phone number.",
        "I was wondering if Friday is good for you.",
        "Give me your last name, please.",
        "Which day suits you best.",
        "How many people are coming.",
        "Is that okay.",
        "We could do Tuesday, if that works for you.",
    ),
    "de-DE": (
        "Sagen Sie bitte Ja oder Nein.",
        "Nennen Sie mir Ihren Namen.",
        "Passt Ihnen der Freitag.",
        "Das ist am Freitag, richtig.",
        "Sie sind Frau Weber, oder.",
        "Bitte bestätigen Sie den Termin.",
        "Lassen Sie mich wissen, ob das geht.",
        "Wann möchten Sie kommen.",
        "Ich brauche noch Ihr Geburtsdatum.",
        "Ich wollte fragen, ob Ihnen Freitag passt.",
        "Bitte Ihren Namen buchstabieren.",
        "Sag mir bitte, wann es dir passt.",
    ),
    "es-ES": (
        "Diga sí o no.",
        "Dígame qué día prefiere.",
        "¿Le viene bien el viernes.",
        "Le viene bien el viernes.",
        "Usted es Ana Pérez, verdad.",
        "Por favor, confirme su número.",
        "¿Me puede dar su nombre?",
        "Me da su nombre, por favor.",
        "Cuándo quiere venir.",
        "Necesito saber su fecha de nacimiento.",
        "Hágame saber si le conviene.",
        "Puede decirme su apellido.",
    ),
    "es-MX": ("Dígame su nombre.", "Le queda bien el viernes.", "Usted es Ana, cierto.", "Me regala su teléfono."),
    "fr-FR": (
        "Dites oui ou non.",
        "Dites-moi si cela vous convient.",
        "Veuillez confirmer votre nom.",
        "Vous êtes bien Madame Petit.",
        "C'est vendredi, n'est-ce pas.",
        "Pouvez-vous épeler votre nom.",
        "Est-ce que vendredi vous convient.",
        "Quel jour préférez-vous.",
        "J'ai besoin de votre date de naissance.",
        "C'est à quel nom.",
        "Ça vous va.",
    ),
    "it-IT": (
        "Dica sì o no.",
        "Mi dica che giorno preferisce.",
        "Le va bene venerdì.",
        "Lei è la signora Rossi, vero.",
        "Mi può dare il suo nome.",
        "Quale giorno preferisce.",
        "Mi faccia sapere se va bene.",
        "Ho bisogno della sua data di nascita.",
        "Può ripetere il cognome.",
    ),
    "pt-BR": (
        "Diga sim ou não.",
        "Me diga qual dia prefere.",
        "Você quer manter a consulta.",
        "Seu nome é Ana, certo.",
        "É na sexta, né.",
        "Pode me confirmar o seu telefone.",
        "Qual é a sua data de nascimento.",
        "Preciso saber o seu sobrenome.",
        "Me avise se fica bom.",
    ),
    "hi-IN": (
        "कृपया बताइए कि आप किस दिन आएँगे।",
        "हाँ या ना बोलिए।",
        "क्या शुक्रवार ठीक रहेगा।",
        "आपका नाम क्या है।",
        "आप कब आना चाहेंगे।",
        "आप शुक्रवार को आएँगे, ठीक है।",
        "आप वही हैं ना।",
        "kripya apna naam bataiye.",
        "कृपया पुष्टि करें।",
    ),
    "ja-JP": (
        "よろしいですか。",
        "少々お待ちいただけますか。",
        "金曜日でよろしいでしょうか。",
        "お名前を教えてください。",
        "はいかいいえでお答えください。",
        "お名前をお願いいたします。",
        "田中様ですね。",
        "ご用件は。",
        "何時がよろしいですか",
        "ご都合のよい日をお聞かせください。",
    ),
}
STATING = {
    "en-US": (
        "We are open on weekdays from nine to six; come by at any time that suits you.",
        "Our page is example.com/?a=1 on the web.",
        "Bed &amp; breakfast is next door.",
        "Our friends say yes to everything.",
        "You can also press one.",
        "I have your number here.",
        "When you arrive, ring the bell.",
        "Dr. Miller is in on Mondays.",
        "They tell me it hurts less than before.",
        "What we do here is quick.",
        "The doctor will be away on that day, so we would like to move it.",
        "Should you need anything, the number is on the letter.",
        "If you have insurance, the first visit is free.",
    ),
    "de-DE": (
        "Sie können auch eine Taste drücken.",
        "Wie Sie wissen, sind wir umgezogen.",
        "Wir haben montags geöffnet; der Parkplatz ist frei.",
        "Am 3. Mai ist die Praxis geschlossen.",
        "Wenn Sie kommen, klingeln Sie bitte.",
        "Ihr Termin ist z.B. am Freitag.",
    ),
    "es-ES": (
        "Tómese su tiempo.",
        "Abrimos de lunes a viernes; el aparcamiento es gratis.",
        "Puede pedir cita para cualquier día.",
        "Qué bien.",
        "La Dra. Ruiz está los lunes.",
    ),
    "es-MX": ("Abrimos de lunes a viernes de nueve a seis.", "Puede pagar con tarjeta."),
    "fr-FR": (
        "Prenez votre temps.",
        "Votre rendez-vous est vendredi.",
        "Nous sommes ouverts; le parking est gratuit.",
        "Quand vous arrivez, sonnez.",
        "Le docteur est peut-être en retard.",
    ),
    "it-IT": (
        "Faccia con calma.",
        "Siamo aperti dal lunedì al venerdì.",
        "Quando arriva, suoni il campanello.",
        "Il parcheggio è gratuito.",
    ),
    "pt-BR": (
        "Fique à vontade.",
        "Você pode pagar com cartão.",
        "Quando você chegar, toque a campainha.",
        "O estacionamento é gratuito.",
    ),
    "hi-IN": ("हम सोमवार से शुक्रवार तक खुले हैं।", "पार्किंग मुफ़्त है।", "आप कार्ड से भी पैसे दे सकते हैं।"),
    "ja-JP": (
        "少々お待ちください。",
        "月曜日から金曜日まで診療しております。",
        "そうですか。",
        "駐車場は無料です。",
        "お電話ありがとうございます。",
    ),
}
ASKING["en-GB"], STATING["en-GB"] = ASKING["en-US"], STATING["en-US"]


@cache
def questions(locale: str) -> Questions:
    profile = load_profile(packaged_configs() / "profiles" / f"{locale}.yaml", env={})
    return GateConfig.from_profile(profile).questions


def asked(text: str, locale: str = "en-US") -> list[bool]:
    return [sentence.asks for sentence in questions(locale).sentences(text)]


ASKING_IN_SHORT = {
    "it-IT": (
        "Prema uno per confermare, due per annullare.",
        "Preferisce di mattina o di pomeriggio.",
        "Mattina o pomeriggio.",
        "Mi conferma che verrà.",
        "Allora ci vediamo venerdì, d'accordo.",
        "Ha ricevuto il nostro messaggio.",
        "Quando è nato.",
        "Mi lasci il suo numero.",
        "Dica pure.",
        "Vuole che la richiami.",
        "Posso avere il suo nome.",
    ),
    "fr-FR": (
        "Le matin ou l'après-midi.",
        "Vous préférez le matin ou le soir.",
        "Vous voulez que je vous rappelle.",
        "Appuyez sur un pour confirmer.",
        "Vous serez là vendredi, n'est-ce pas.",
        "Je peux avoir votre nom.",
        "On dit vendredi, d'accord.",
        "Vous confirmez.",
        "Vous pouvez répéter.",
        "Ça vous va vendredi.",
        "Et votre prénom.",
    ),
    "pt-BR": (
        "De manhã ou à tarde.",
        "A senhora prefere de manhã.",
        "Aperte um para confirmar.",
        "Você confirma.",
        "O senhor pode repetir.",
        "Você tem convênio.",
        "Fica bom na sexta.",
        "Me passa seu CPF.",
        "E o seu nome.",
        "Vamos marcar sexta, tá.",
        "Sexta está bom para você.",
    ),
    "hi-IN": (
        "सुबह या शाम।",
        "आप सुबह आना चाहेंगे या शाम को।",
        "एक दबाइए।",
        "शुक्रवार चलेगा।",
        "क्या मैं बुक कर दूँ।",
        "आपका शुभ नाम।",
        "आप आएंगे ना।",
        "मैं आपका नाम जान सकती हूँ।",
        "आप दोहरा सकते हैं।",
        "Aap aayenge na.",
        "Kya main book kar doon.",
    ),
    "en-GB": (
        "Morning or afternoon.",
        "Would Friday do.",
        "Any allergies.",
        "And your surname.",
        "Your date of birth, please.",
        "Is Friday any good.",
        "You'll be coming, won't you.",
        "Press one to confirm, or two to cancel.",
        "Have you been here before.",
        "Anything else I can help with.",
        "Does that work.",
        "Shall we say nine.",
        "Fancy coming on Friday instead.",
        "You happy with that.",
        "Are you still there.",
    ),
    "en-US": (
        "Sound good.",
        "Does nine work.",
        "Is this Ann.",
        "And your last name.",
        "Your zip code, please.",
        "Anything else.",
        "Press one to confirm or two to cancel.",
        "How about Friday.",
        "Am I speaking with Ann Miller.",
        "May I have your name.",
        "Ready.",
        "Still there.",
        "Friday or Monday.",
        "You're all set then, right.",
        "Say continue when you're ready.",
        "Tell me more.",
        "Would you rather come Monday.",
    ),
    "de-DE": (
        "Vormittags oder nachmittags.",
        "Drücken Sie die Eins, um zu bestätigen.",
        "Passt Freitag.",
        "Ihr Name, bitte.",
        "Und Ihr Vorname.",
        "Sind Sie noch da.",
        "Spreche ich mit Frau Müller.",
        "Haben Sie eine Versicherung.",
        "Freitag um neun, in Ordnung.",
        "Darf ich Ihren Namen haben.",
        "Soll ich das eintragen.",
        "Wollen wir Freitag sagen.",
        "Sie kommen doch, oder nicht.",
        "Noch etwas.",
        "Kann ich sonst noch etwas für Sie tun.",
    ),
    "es-ES": (
        "Por la mañana o por la tarde.",
        "Puede repetirlo, por favor.",
        "Pulse uno para confirmar.",
        "Su nombre, por favor.",
        "Y su apellido.",
        "Le va bien el viernes.",
        "Sigue ahí.",
        "Hablo con Ana.",
        "Tiene seguro.",
        "Quedamos el viernes, vale.",
        "Algo más.",
        "Quiere que le llame mañana.",
        "Me dice su nombre.",
        "Necesita algo más.",
        "Puedo ayudarle en algo más.",
    ),
    "es-MX": (
        "En la mañana o en la tarde.",
        "Me puede repetir su nombre.",
        "Oprima uno para confirmar.",
        "Su nombre, por favor.",
        "Le parece el viernes.",
        "Gusta agendar.",
        "Sí le queda.",
        "Me permite su nombre.",
        "Algo más en que le pueda ayudar.",
        "Verdad que sí.",
    ),
    "ja-JP": (
        "ご確認をお願いします。",
        "それで合っていますね。",
        "午前と午後、どちらがよろしいですか。",
        "一番を押してください。",
        "お名前をどうぞ。",
        "他に何かございますか。",
        "聞こえていますか。",
        "よろしいでしょうか。",
        "金曜日ということで。",
        "変更なさいますか。",
        "お名前をいただけますか。",
        "もう一度お願いできますか。",
        "ご予約、金曜日で間違いありませんか。",
    ),
}
"""Without a verb, in the order of a statement, or with keys to press: what is said on the telephone."""

STATING_ALIKE = {
    "it-IT": (
        "Il medico o l'assistente la riceve.",
        "Prema il campanello quando arriva.",
        "Aperto mattina e pomeriggio.",
        "Glielo confermo.",
    ),
    "fr-FR": (
        "Le médecin ou son assistante vous reçoit.",
        "Vous pouvez venir à pied.",
        "Vous avez rendez-vous vendredi.",
        "Vous êtes le bienvenu.",
        "Appuyez sur la sonnette en arrivant.",
    ),
    "pt-BR": (
        "O médico ou a assistente atende.",
        "Aperte a campainha ao chegar.",
        "O senhor pode vir a pé.",
        "Você tem consulta na sexta.",
    ),
    "hi-IN": (
        "डॉक्टर या सहायक मिलेंगे।",
        "आपका अपॉइंटमेंट पक्का है।",
        "आप पैदल आ सकते हैं।",
    ),
    "en-GB": (
        "The dentist or her assistant will see you.",
        "Morning appointments are popular.",
        "Press the bell when you arrive.",
        "Any dentist can do that.",
        "Your surgery is booked.",
    ),
    "en-US": (
        "You can come in the morning or afternoon.",
        "Press the bell when you get here.",
        "That sounds good to me.",
        "Anything else is extra.",
        "Your last name is Miller.",
        "We are ready.",
    ),
    "de-DE": (
        "Der Arzt oder die Helferin ist da.",
        "Drücken Sie die Klingel.",
        "Freitag passt gut.",
        "Ihr Name steht auf der Liste.",
        "Sie haben einen Termin am Freitag.",
        "Sie können vormittags oder nachmittags kommen.",
    ),
    "es-ES": (
        "El doctor o su ayudante le atiende.",
        "Pulse el timbre al llegar.",
        "Su nombre está en la lista.",
        "Puede venir a pie.",
        "Tiene cita el viernes.",
        "Algo más barato es la limpieza.",
    ),
    "es-MX": (
        "Puede llegar caminando.",
        "Su nombre está en la lista.",
        "Tiene cita el viernes.",
    ),
    "ja-JP": (
        "午前と午後がございます。",
        "ベルを押してください。",
        "担当者が確認します。",
        "合っています。",
    ),
}
"""The same words as those, in statements."""


@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale, texts in ASKING.items() for text in texts])
def test_a_request_is_a_question_without_its_mark(locale: str, text: str) -> None:
    assert any(asked(text, locale))


@pytest.mark.parametrize(("locale", "text"), [(locale, text) for locale, texts in STATING.items() for text in texts])
def test_a_statement_asks_nothing(locale: str, text: str) -> None:
    assert asked(text, locale) == [False]


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in ASKING_IN_SHORT.items() for text in texts]
)
def test_a_request_in_short_is_a_question_too(locale: str, text: str) -> None:
    assert any(asked(text, locale))


@pytest.mark.parametrize(
    ("locale", "text"), [(locale, text) for locale, texts in STATING_ALIKE.items() for text in texts]
)
def test_a_statement_with_the_same_words_asks_nothing(locale: str, text: str) -> None:
    assert asked(text, locale) == [False]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Miller is in. She has time.", [False, False]),
        ("Are you there? Good.", [True, False]),
        ("It costs 3.50 euros. Fine.", [False, False]),
        ("Write to me@example.com. Or call.", [False, False]),
        ("Have you seen example.com? It is new.", [True, False]),
        ("Look at https://example.com/a?b=c&d=e. It is new.", [False, False]),
        ("Really?! Yes.", [True, False]),
        ("We open at 9 a.m. on Mondays.", [False]),
        ("\u03a0\u03ce\u03c2 \u03b5\u03af\u03c3\u03c4\u03b5\u037e Good.", [True, False]),
        ("One thing; and another.", [False]),
        ("He asked “how are you?” Nobody knew.", [True, False]),
        ("よろしいですか?はい。", [True, False]),
    ],
)
def test_marks_inside_words_and_abbreviations_end_nothing(text: str, sentences: list[bool]) -> None:
    assert asked(text) == sentences


def test_patterns_do_not_depend_on_the_apostrophe_or_the_composition() -> None:
    assert Questions(["/isn't it/"]).sentences("Late, isn\u2019t it.")[0].asks
    assert Questions(["/\u00e9pelez/"]).sentences("e\u0301pelez.")[0].asks


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("   ", []),
        ("One two three.", [(0, 14, False, True)]),
        ("One two three", [(0, 13, False, False)]),
        ("One two.", [(0, 8, False, False)]),
        (" Are you there?  It is  nice.", [(1, 15, True, True), (17, 29, False, True)]),
        ("Yes! And", [(0, 4, False, False), (5, 8, False, False)]),
        ("Why? ", [(0, 4, True, False)]),
        ("“Is it so?” It is.", [(0, 11, True, True), (12, 18, False, False)]),
        ("No?! Yes!? Well??", [(0, 4, True, False), (5, 10, True, False), (11, 17, True, False)]),
        ("One\nTwo", [(0, 4, False, False), (4, 7, False, False)]),
    ],
)
def test_where_sentences_begin_and_end(text: str, sentences: list[tuple[int, int, bool, bool]]) -> None:
    assert [tuple(sentence) for sentence in Questions().sentences(text)] == sentences


def ends(text: str) -> list[int]:
    return [sentence.end for sentence in Questions().sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It costs 3.5 or 4. Good.", [24]),
        ("It costs 35. Good.", [18]),
        ("It costs 350. Good.", [13, 19]),
        ("Take 3.Go", [9]),
        ("Say x. Good.", [12]),
        ("Say xy. Good.", [7, 13]),
        ("See fig. and go.", [16]),
        ("See dr. Who.", [12]),
        ("Prof. Miller is in.", [19]),
        ("We open (9 a.m.) on Mondays.", [28]),
        ("This is it. iPhones sell.", [25]),
        ("See (dr. Who).", [14]),
        ("We open at 9 a.m. Good.", [23]),
        ("We open at 9 (p.m. Good).", [25]),
        ("That is abcd.efgh. Good.", [18, 24]),
        ("Is it?yes", [9]),
        ("Is it?Yes", [6, 9]),
        ("Is it?yes?No", [10, 12]),
        ("Is it?5 then", [12]),
        ("Is it? yes", [6, 10]),
        ("Is it?はい", [6, 8]),
        ("Well... yes it is", [7, 17]),
        ("Well.. yes", [6, 10]),
        ("Well. yes", [9]),
        ("Well! yes", [5, 9]),
        ("Stop.", [5]),
        ("Say “no.” Good.", [9, 15]),
        ("Say 'no.')] Good.", [11, 17]),
        ("あ。い\uff01う\uff61", [2, 4, 6]),
        ("है। ठीक॥", [3, 8]),
    ],
)
def test_a_full_stop_ends_a_sentence_or_does_not(text: str, expected: list[int]) -> None:
    assert ends(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Go to www.example.com/?a=1 now. Good.", [31, 37]),
        ("Go to http://a.b/c?d. Good.", [21, 27]),
        ("Is it https://a.b/c? Good.", [20, 26]),
        ("Is it https://a.b/? Good.", [25]),
        ("Is it https://a.b/?? Good.", [20, 26]),
        ("Is it a.b@c.de? Good.", [15, 21]),
        ("Is it a.b@c.de. Good.", [15, 21]),
        ("Is it example.com? Good.", [18, 24]),
        ("Look at example.com/?x good.", [28]),
        ("Look at example.com#?x good.", [28]),
        ("Look at EXAMPLE.COM/A?B good.", [29]),
        ("Look at 3.com/?x good. Fine.", [22, 28]),
        ("Is it 3.5/? Good.", [11, 17]),
    ],
)
def test_marks_in_addresses_end_nothing(text: str, expected: list[int]) -> None:
    assert ends(text) == expected


def test_patterns_are_looked_for_at_the_end_of_an_endless_sentence() -> None:
    asking = Questions(["let me know"])
    assert asking.sentences("let me know " + "x" * 588)[0].asks, "600 characters"
    assert not asking.sentences("let me know " + "x" * 589)[0].asks
    assert not asking.sentences("let me see")[0].asks


def test_a_mark_asks_with_any_words() -> None:
    assert all(Questions().sentences(f"a{mark}")[0].asks for mark in QUESTION_MARKS)
    assert not any(Questions().sentences(f"a{mark}")[0].asks for mark in ".!…。।;")
