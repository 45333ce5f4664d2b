"""What the agent says and does around an utterance: seconds from the caller's first sample, earlier ones negative."""

from dataclasses import dataclass

from callagent.scripted_calls.levels.text.cues import spoken_length
from callagent.turns.gate.events import AgentState, AgentText, Event

AFTERWARDS_S = 7.0
"""How long an agent that is not interrupted goes on after the utterance has begun."""


@dataclass(frozen=True)
class Words:
    """The agent's words in one language: a long statement, a question, and what it goes on to say behind that."""

    statement: str
    question: str
    goes_on: str


WORDS = {
    "en": Words(
        "We are open on weekdays from nine to six. A check-up with cleaning is ninety dollars. Please bring your card.",
        "We have an opening on Friday. Shall I book that for you?",
        "It takes forty minutes. You can park behind the house.",
    ),
    "de": Words(
        "Wir haben montags bis freitags von neun bis achtzehn Uhr geöffnet. Bitte bringen Sie Ihre Karte mit.",
        "Am Freitag ist noch etwas frei. Passt Ihnen das?",
        "Es dauert vierzig Minuten. Parken können Sie hinter dem Haus.",
    ),
    "es": Words(
        "Abrimos de lunes a viernes de nueve a seis. Una revisión con limpieza cuesta noventa. Traiga su tarjeta.",
        "Tenemos un hueco el viernes. ¿Le viene bien?",
        "Dura cuarenta minutos. Puede aparcar detrás de la casa.",
    ),
    "fr": Words(
        "Nous sommes ouverts du lundi au vendredi, de neuf heures à dix-huit heures. Apportez votre carte.",
        "Nous avons une place vendredi. Cela vous convient ?",
        "Cela dure quarante minutes. Vous pouvez vous garer derrière la maison.",
    ),
    "it": Words(
        "Siamo aperti dal lunedì al venerdì dalle nove alle diciotto. Porti la sua tessera, per favore.",
        "Abbiamo un posto venerdì. Le va bene?",
        "Dura quaranta minuti. Può parcheggiare dietro la casa.",
    ),
    "pt": Words(
        "Abrimos de segunda a sexta, das nove às dezoito horas. Traga o seu cartão, por favor.",
        "Temos uma vaga na sexta. Fica bom para você?",
        "Demora quarenta minutos. O estacionamento fica atrás da casa.",
    ),
    "hi": Words(
        "हम सोमवार से शुक्रवार सुबह नौ से शाम छह बजे तक खुले हैं। कृपया अपना कार्ड साथ लाइए।",
        "शुक्रवार को जगह खाली है। क्या यह ठीक रहेगा?",
        "इसमें चालीस मिनट लगते हैं। गाड़ी घर के पीछे खड़ी कर सकते हैं।",
    ),
    "ja": Words(
        "月曜から金曜の九時から六時まで診療しております。保険証をお持ちくださいますようお願いいたします。",
        "金曜日に空きがございます。ご予約なさいますか。",
        "四十分ほどかかります。駐車場は建物の裏にございます。",
    ),
}


def speech(text: str, begins: float, ends: float, *, interruptible: bool = True) -> tuple[Event, ...]:
    """The agent says `text` and then listens."""
    return (
        AgentText(begins - 0.1, text),
        AgentState(begins, "speaking", interruptible),
        AgentState(ends, "listening"),
    )


def situations(words: Words) -> dict[str, tuple[Event, ...]]:
    """What the agent does around an utterance that begins at 0, by name, in order of time."""
    asked = spoken_length(words.question)
    told = f"{words.question} {words.goes_on}"
    return {
        "speaking": speech(words.statement, -3.0, AFTERWARDS_S),
        "thinking": (AgentState(-0.5, "thinking"), *speech(words.statement, 1.5, AFTERWARDS_S)),
        "silent": (*speech(words.statement, -9.0, -3.0),),
        "nearly done": speech(words.statement, -5.0, 0.5),
        "asking": speech(words.question, 0.3 - asked, 0.3),
        "asked": speech(told, -0.2 - asked, AFTERWARDS_S),
        "asked long ago": speech(told, -spoken_length(told) + 0.8, AFTERWARDS_S),
        "begins": speech(words.statement, 0.3, AFTERWARDS_S),
        "uninterruptible": (
            *speech(words.statement, -3.0, 4.0, interruptible=False)[:-1],
            AgentState(4.0, "thinking"),
            *speech(words.question, 4.5, AFTERWARDS_S),
        ),
        "must be heard": speech(words.statement, -3.0, 4.0, interruptible=False),
        "between speeches": (
            *speech(words.statement, -3.0, 0.6),
            *speech(words.goes_on, 0.63, AFTERWARDS_S),
        ),
    }
