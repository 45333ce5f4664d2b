"""What a caller says over the agent, by what the agent has just asked: an answer, an acknowledgement, or "Huh?"."""

import pytest

from callagent.profile import load_profile
from callagent.profile.paths import packaged_configs
from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.turns.config import GateConfig
from callagent.turns.gate.events import AgentText
from tests.turns.driver import Driver, final, listening, speaking, starts, stops

STATEMENTS = {
    "en": "We are open on weekdays from nine to six, and on Saturdays from ten until two. The car park is free.",
    "es": "Abrimos de lunes a viernes de nueve a seis, y los sábados de diez a dos. El aparcamiento es gratis.",
    "de": "Wir haben montags bis freitags von neun bis achtzehn Uhr geöffnet. Der Parkplatz ist kostenlos.",
    "fr": "Nous sommes ouverts du lundi au vendredi de neuf heures à dix-huit heures. Le parking est gratuit.",
    "it": "Siamo aperti dal lunedì al venerdì dalle nove alle diciotto. Il parcheggio è gratuito per tutti.",
    "pt": "Abrimos de segunda a sexta das nove às dezoito horas. O estacionamento é gratuito para todos.",
    "hi": "हम सोमवार से शुक्रवार तक नौ से छह बजे तक खुले हैं। पार्किंग मुफ़्त है।",
    "ja": "月曜日から金曜日まで九時から十八時まで診療しております。駐車場は無料でご利用になれます。",
}
LINES = (
    (
        "en-US",
        "Please say yes if you want to keep your appointment on Friday. | If you would rather come on another day, "
        "tell me which one.",
        "Yes.",
        "turn",
    ),
    ("en-US", "Say yes to confirm. | You can also press one.", "Yeah.", "turn"),
    ("en-US", "Let me know whether that works for you. | We are open from nine to six.", "Okay.", "turn"),
    ("en-US", "You are Ann Miller, right. | I have your number here.", "Yes.", "turn"),
    ("en-GB", "That is on Friday, isn't it. | We open at nine.", "Yes.", "turn"),
    ("de-DE", "Sagen Sie bitte Ja oder Nein. | Sie können auch eine Taste drücken.", "Ja.", "turn"),
    ("es-ES", "Diga sí o no. | Tómese su tiempo.", "Sí.", "turn"),
    ("fr-FR", "Dites-moi si cela vous convient. | Prenez votre temps.", "Oui.", "turn"),
    ("it-IT", "Mi dica se venerdì va bene. | Faccia con calma.", "Sì.", "turn"),
    ("pt-BR", "Me diga se fica bom. | Fique à vontade.", "Sim.", "turn"),
    ("hi-IN", "क्या शुक्रवार ठीक रहेगा। | आराम से सोचिए।", "हाँ।", "turn"),
    ("ja-JP", "よろしいですか。| 少々お待ちいただけますか。", "はい。", "turn"),
    ("ja-JP", "お名前を教えてください。| ゆっくりで結構でございます。", "はい。", "turn"),
    (
        "en-US",
        "Good morning, how are you today? I am calling about your visit on Friday. The doctor is away. We have to move "
        "it. | The next free day is Tuesday.",
        "Mhm.",
        "ack",
    ),
    (
        "en-US",
        "Did you know? We have a new dentist. She is in on Mondays. New patients are welcome. | Parking is free.",
        "Okay.",
        "ack",
    ),
    ("en-US", "We are open on weekdays from nine to six; come by | at any time that suits you.", "Yeah.", "ack"),
    ("en-US", "Our page is example.com/?a=1 on the web. | You find the forms there.", "Okay.", "ack"),
    (
        "de-DE",
        "Wie geht es Ihnen? Ich rufe wegen Ihres Termins an. Der Arzt ist krank. | Der nächste Tag ist Dienstag.",
        "Mhm.",
        "ack",
    ),
    (
        "ja-JP",
        "お元気ですか。金曜日のご予約の件でお電話しております。担当の医師が休みになりました。"
        "ご迷惑をおかけしております。| 次に空いているのは火曜日です。",
        "はい。",
        "ack",
    ),
)
REPEATS = {
    "en-US": ("Huh?", "Hm?", "Hmm?", "Sorry?", "What?", "Pardon?", "Yeah. Huh?", "Huh??", "Mm?", "Eh?"),
    "en-GB": ("Eh?", "Huh?", "Sorry?", "Pardon?"),
    "es-ES": ("¿Eh?", "¿Cómo?", "¿Qué?", "¿Perdón?", "¿Hm?"),
    "es-MX": ("¿Eh?", "¿Mande?", "¿Cómo?", "¿Bueno?"),
    "fr-FR": ("Hein ?", "Comment ?", "Pardon ?", "Hm ?", "Quoi ?"),
    "de-DE": ("Wie bitte?", "Hä?", "Hm?", "Wie?", "Bitte?"),
    "it-IT": ("Come?", "Eh?", "Scusi?", "Hm?"),
    "pt-BR": ("Oi?", "Hein?", "Hã?", "Como?"),
    "hi-IN": ("क्या?", "हं?", "हैं?", "जी?", "हम्म?"),
    "ja-JP": ("うん\uff1f", "え\uff1f", "はい\uff1f", "ん\uff1f", "えっ\uff1f"),
}
HUMS = {
    "en-US": ("Huh.", "Hm.", "Mmkay.", "Mhm.", "Uh-huh.", "Uh huh.", "Uhhuh.", "Mm-hmm?", "Hmhm."),
    "en-GB": ("Eh.", "Mm.", "Uh-huh.", "Okey dokey."),
    "es-ES": ("Mjm.", "Ajá.", "Ñam.", "Mhm.", "Mm-hm."),
    "es-MX": ("Mjm.", "Mmm.", "Ajam."),
    "fr-FR": ("Mhm.", "Hmhm.", "Hum.", "Mmh."),
    "de-DE": ("Hmhm.", "Mhm.", "M-hm.", "Hm."),
    "it-IT": ("Mhm.", "Mmh.", "Hmm.", "Mm-mm-hm."),
    "pt-BR": ("Ãhã.", "Uhum.", "Aham.", "Ahã.", "Ãham."),
    "hi-IN": ("हम्", "हम्म।", "म्म", "हूँ।", "Hmm."),
    "ja-JP": ("うん。", "うんうん。", "ふーん。", "ふむふむ。", "ンン"),
}


def config(locale: str) -> GateConfig:
    return GateConfig.from_profile(load_profile(packaged_configs() / "profiles" / f"{locale}.yaml", env={}))


def story(locale: str, text: str, caller: str) -> Driver:
    """The agent says `text` at the rate of the text level; the caller begins at `|`, or three seconds in."""
    before, bar, after = text.partition("|")
    whole = (before + after).strip()
    began = 0.2 + (spoken_length(before) if bar else 3.0)
    ended = 0.2 + spoken_length(whole)
    return Driver(config(locale)).run(
        *(AgentText(0.1, whole), speaking(0.2), *starts(began), *stops(began + 0.3)),
        *(final(began + 0.8, 1, caller), listening(max(ended, began + 2.5))),
        close_at=ended + 30,
    )


@pytest.mark.parametrize(("locale", "text", "caller", "right"), LINES)
def test_an_acknowledgement_answers_what_was_asked_last(locale: str, text: str, caller: str, right: str) -> None:
    told = story(locale, text, caller)
    assert told.interrupts == []
    assert told.reached_session == ([1] if right == "turn" else [])


@pytest.mark.parametrize(("locale", "caller"), [(name, text) for name, texts in REPEATS.items() for text in texts])
def test_a_repeat_is_asked_for_with_a_question_mark(locale: str, caller: str) -> None:
    told = story(locale, STATEMENTS[locale[:2]], caller)
    assert [d.rule for d in told.interrupts] == ["command"]
    assert told.reached_session == [1]


@pytest.mark.parametrize(("locale", "caller"), [(name, text) for name, texts in HUMS.items() for text in texts])
def test_a_hum_without_the_mark_lets_the_agent_talk_on(locale: str, caller: str) -> None:
    told = story(locale, STATEMENTS[locale[:2]], caller)
    assert (told.interrupts, told.reached_session) == ([], [])


def test_a_doubtful_huh_stops_nothing() -> None:
    told = Driver(config("en-US")).run(
        *(AgentText(0.1, STATEMENTS["en"]), speaking(0.2), *starts(2), *stops(2.3)),
        *(final(2.8, 1, "Huh?", confidence=0.2), listening(9)),
    )
    assert (told.interrupts, told.reached_session) == ([], [])
