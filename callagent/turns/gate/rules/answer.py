"""Answer: an acknowledgement that answers a question is the caller's turn, and is never lost."""

from callagent.turns.gate.rules.situation import Reaction, Situation
from callagent.turns.lexicon import Kind


def answer(situation: Situation) -> Reaction | None:
    """Hold an acknowledgement that answers, to be delivered when the agent falls silent.

    It answers when it began after the agent had begun to ask a question, or while the agent was silent. Whether it
    began within `answer_window` of the end of the agent's speech is only known at that end: the gate looks then.
    """
    match, overlap = situation.match, situation.overlap
    if match is None or overlap is None or match.kind not in (Kind.ACK, Kind.PREFIX):
        return None
    if overlap.in_silence or situation.speech.question_by(overlap.onset):
        return Reaction.ANSWER
    return None
