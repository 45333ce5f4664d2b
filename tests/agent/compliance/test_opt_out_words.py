"""What the shipped lists take for a wish not to be called again, and what they do not, in every locale."""

import pytest

from callagent.agent.compliance.opt_out_words import OptOutWords
from callagent.profile import load_profile

ASKS = {
    "en-US": [
        "Take me off your list.",
        "Would you please take me off your list",
        "Can you take me off of your list?",
        "TAKE ME OFF YOUR LIST!",
        "Take me off, um, your list, please.",
        "No, don't. Take me off your list.",
        "I want you to take me off your calling list right now.",
        "Don\u2019t call me again",
        "please do not ever call me again okay",
        "Put me on your do-not-call list.",
        "If you don't stop calling me I will sue you.",
        "You stop calling this number!",
        "I'd like to opt out.",
        "I want to opt out of these calls",
        "I don't want any more calls from you people.",
        "Remove my number from your database.",
    ],
    "en-GB": ["Take us off your list, would you?", "I'd rather you never call here again. Never call here again."],
    "de-DE": [
        "Rufen Sie mich bitte nicht mehr an!",
        "Ich möchte nicht mehr angerufen werden.",
        "Streichen Sie mich bitte von Ihrer Liste",
        "Hören Sie auf, mich anzurufen.",
        "NEHMEN SIE MICH AUS DEM VERTEILER",
    ],
    "es-ES": [
        "No me llamen más, por favor.",
        "Quiero que dejen de llamarme",
        "Bórreme de su lista.",
        "No vuelva a llamarme.",
    ],
    "es-MX": ["Ya no me marquen.", "No me marque más", "Sáquenme de la lista", "no me llame más"],
    "fr-FR": [
        "Ne m'appelez plus !",
        "Ne m\u2019appelez plus jamais.",
        "Retirez-moi de votre liste, s'il vous plaît.",
        "Arrêtez de m'appeler",
        "Je ne souhaite plus recevoir d'appels.",
        "ne me rappelez plus",
    ],
    "it-IT": [
        "Non mi chiamate più.",
        "Toglietemi dalla lista",
        "Non voglio più ricevere telefonate",
        "Smettetela di chiamarmi!",
    ],
    "pt-BR": [
        "Não me liguem mais.",
        "Parem de me ligar!",
        "Tire meu número da lista",
        "não quero mais receber ligações",
    ],
    "ja-JP": [
        "もう電話しないでください。",
        "二度とかけてこないで",
        "今後のお電話は結構です。",
        "名簿から外してください",
    ],
    "hi-IN": ["मुझे दोबारा कॉल मत कीजिए।", "मुझे लिस्ट से हटा दीजिए", "stop calling me", "कॉल करना बंद करो"],
}
SAYS_SOMETHING_ELSE = {
    "en-US": [
        "Please don't take me off your list.",
        "Did you take me off your list?",
        "You never take me off your list.",
        "Take me off the waiting list.",
        "Can you call me again tomorrow?",
        "Don't call me back, I will call you.",
        "I don't want to lose my number when I move.",
        "I have no more calls today.",
        "I'd like to opt out of paperless billing.",
        "Unsubscribe me from the newsletter.",
        "What is on your list?",
        "",
    ],
    "de-DE": [
        "Warum rufen Sie nicht mehr an?",
        "Ich bekomme keine Anrufe mehr.",
        "Rufen Sie mich morgen an.",
        "Bitte nicht",
    ],
    "es-ES": [
        "No me llame más tarde de las ocho.",
        "¿Por qué no me llaman?",
        "Llámeme más tarde",
        "no deje de llamarme",
    ],
    "fr-FR": [
        "Vous me rappelez plus tard ?",
        "Ne m'appelez plus tard que midi.",
        "Rappelez-moi demain.",
        "Plus d'appels",
    ],
    "it-IT": ["Non mi chiami più tardi delle otto.", "Perché non mi chiami più?", "Mi richiami domani"],
    "pt-BR": [
        "O aparelho não liga mais.",
        "Não me ligue mais tarde que as oito.",
        "Ele não me liga mais.",
        "Me ligue amanhã",
    ],
    "ja-JP": ["また電話してください。", "牛乳をリストから外してください。", "今日は電話しないでください"],
    "hi-IN": ["अभी मुझे कॉल मत कीजिए।", "दूध लिस्ट से हटा दो", "मुझे कल कॉल कीजिए"],
}


def words_of(locale: str) -> OptOutWords:
    settings = load_profile(locale, env={}).compliance.opt_out
    return OptOutWords(settings.phrases, settings.unless_after)


@pytest.mark.parametrize("locale", ASKS)
def test_who_asks_not_to_be_called_again_is_understood(locale: str) -> None:
    words = words_of(locale)
    assert [text for text in ASKS[locale] if not words.asks(text)] == []


@pytest.mark.parametrize("locale", SAYS_SOMETHING_ELSE)
def test_who_says_something_near_it_is_not(locale: str) -> None:
    words = words_of(locale)
    assert [text for text in SAYS_SOMETHING_ELSE[locale] if words.asks(text)] == []


@pytest.mark.parametrize("locale", ASKS)
def test_every_phrase_of_a_list_is_found_where_it_is_said_alone(locale: str) -> None:
    words = words_of(locale)
    phrases = [phrase for phrase in load_profile(locale, env={}).compliance.opt_out.phrases if phrase[0] != "/"]
    assert len(phrases) > 30
    assert [phrase for phrase in phrases if not words.asks(phrase)] == []


def test_what_is_too_long_is_looked_at_from_its_end() -> None:
    words = words_of("en-US")
    assert words.asks("well " * 10_000 + "take me off your list")
