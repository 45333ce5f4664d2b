"""The files of this folder that hold what was decided before, and how they differ from what is decided now."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tests.turns.golden import classified, decisions

FOLDER = Path(__file__).parent
COMMAND = "python -m tests.turns.golden"
FILES: Mapping[str, Callable[[], Iterator[str]]] = {
    "decisions.txt": decisions.lines,
    "lexicon.txt": classified.lines,
}
SHOWN = 200
"""Differences that are told one by one."""

_ABOUT = f"""\
# What the gate decided, a line each; `{COMMAND}` writes it anew.
# decisions.txt: seconds from the caller's first sample, decision, transcripts, rule; in brackets the journal's record.
# lexicon.txt: what an utterance is taken for word by word (e empty, a ack, p prefix, c command, C one that may go on,
# s aside, x content), then the whole of it: kind, the phrase that decided, the number of words of content.
"""


def write() -> None:
    """Keep what is decided now."""
    for name, lines in FILES.items():
        text = "".join(f"{line}\n" for line in lines())
        (FOLDER / name).write_text(_ABOUT + text, encoding="utf-8")


def kept(name: str) -> list[str]:
    """The lines of a file."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def difference(before: Iterable[str], now: Iterable[str]) -> str:
    """Every line that is not as before, with what was decided then and is now; empty when none is."""
    was, is_now = _by_key(before), _by_key(now)
    keys = [key for key in {**was, **is_now} if was.get(key) != is_now.get(key)]
    told = [
        f"{key}\n    before: {was.get(key, '(not there)')}\n    now:    {is_now.get(key, '(not there)')}"
        for key in keys[:SHOWN]
    ]
    if len(keys) > SHOWN:
        told.append(f"and {len(keys) - SHOWN} more")
    if not told:
        return ""
    advice = f"If this is wanted, run `{COMMAND}` and look at its `git diff`."
    return "\n".join([f"{len(keys)} decisions are not what they were:", *told, advice])


def _by_key(lines: Iterable[str]) -> dict[str, str]:
    return {key: told for key, _, told in (line.partition(" => ") for line in lines)}
