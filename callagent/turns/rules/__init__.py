"""The rules, one a file, in the order in which they are asked."""

from callagent.turns.rules.acknowledgement import acknowledgement
from callagent.turns.rules.answer import answer
from callagent.turns.rules.aside import aside
from callagent.turns.rules.command import command
from callagent.turns.rules.content import content
from callagent.turns.rules.echo import echo
from callagent.turns.rules.grace import grace
from callagent.turns.rules.silence import silence
from callagent.turns.rules.situation import Reaction, Rule, Situation

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
