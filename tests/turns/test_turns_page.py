import re
from pathlib import Path
from typing import get_args

import pytest

from callagent.turns import Heard, OverlapRecord, reload_soft_acks
from callagent.turns.gate.decisions import Decision
from callagent.turns.gate.events import Event
from callagent.turns.gate.gate_state import LATE_S, TAKE_UP_S
from callagent.turns.gate.machine import SETTLE_S, SOON_S
from callagent.turns.gate.rules import RULES
from callagent.turns.gate.transcripts import STAND_BY_S

PAGE = (Path(__file__).resolve().parents[2] / "callagent" / "turns" / "README.md").read_text(encoding="utf-8")
RECORD = OverlapRecord(1.0, 1.5, 1.3, "drop", "soft_ack", (Heard(1.3, "Okay.", True, 0.9),))


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    assert re.findall(r"^\| \d \| `(\w+)` \|", section("Rules"), re.MULTILINE) == [name for name, _ in RULES]


def test_every_event_and_every_decision_is_told() -> None:
    named = set(re.findall(r"`([A-Z]\w+)`", section("Events and decisions")))
    assert named >= {kind.__name__ for kind in (*get_args(Event), *get_args(Decision))}


def test_the_fields_of_an_overlap_are_those_of_its_record() -> None:
    assert re.findall(r"^\| `(\w+)` \|", section("The journal of an overlap"), re.MULTILINE) == list(RECORD.as_dict())


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("SETTLE_S", SETTLE_S),
        ("LATE_S", LATE_S),
        ("SOON_S", SOON_S),
        ("TAKE_UP_S", TAKE_UP_S),
        ("STAND_BY_S", STAND_BY_S),
    ],
)
def test_the_times_are_those_of_the_gate(name: str, seconds: float) -> None:
    number, unit = re.findall(rf"`{name}`, ([\d.]+) (m?s)", section("Timers"))[0]
    assert float(number) == seconds * (1000 if unit == "ms" else 1)


def test_the_examples_do_what_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    soft_acks, gate = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    try:
        for line in filter(None, soft_acks.splitlines()):
            code, _, said = (part.strip() for part in line.partition("#"))
            exec(f"result = {code}" if said in ("True", "False") else code, names)
            assert said not in ("True", "False") or str(names["result"]) == said
    finally:
        reload_soft_acks()
    exec(gate, {})
    assert ", Interrupt(at=1.4, rule='command'," in capsys.readouterr().out
