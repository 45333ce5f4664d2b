"""The rules, one a file, in the order in which they are asked."""

from callagent.turns.gate.rules.acknowledgement import acknowledgement
from callagent.turns.gate.rules.answer import answer
from callagent.turns.gate.rules.aside import aside
from callagent.turns.gate.rules.command import command
from callagent.turns.gate.rules.content import content
from callagent.turns.gate.rules.echo import echo
from callagent.turns.gate.rules.grace import grace
from callagent.turns.gate.rules.silence import silence
from callagent.turns.gate.rules.situation import Reaction, Rule, Situation

RULES: tuple[tuple[str, Rule], ...] = (
    ("silence", silence),
    ("aside", aside),
    ("command", command),
    ("echo", echo),
    ("answer", answer),
    ("soft_ack", acknowledgement),
    ("content", content),
    ("grace", grace),
)

__all__ = ["RULES", "Reaction", "Rule", "Situation"]
