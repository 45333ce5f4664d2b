"""``callagent profile classify``: what the words of a caller amount to, by the lexicon of a profile."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

import click
from rich.cells import cell_len, set_cell_size

from callagent.cli.options import json_option, sets_option
from callagent.cli.output import echo, print_json
from callagent.profile import preview_profile
from callagent.sanitise import printable
from callagent.turns import GateConfig, Kind, Lexicon
from callagent.yaml_config import ConfigError, Problem

LONGEST_LINE_BYTES = 1 << 20
"""Bytes of one utterance; nobody says more in one breath, and a file without line ends is no list of utterances."""

SHOWN = 100
"""Columns of an utterance in the table."""

CLASSES = {Kind.EMPTY: "empty", Kind.ACK: "ack", Kind.COMMAND: "command"}
"""Everything else is content: an aside, too, is something that the caller says."""

CLASS_WIDTH = 7


@click.command("classify")
@click.argument("locale")
@click.argument("file", default="-")
@sets_option
@json_option
def classify(locale: str, file: str, sets: tuple[str, ...], as_json: bool) -> None:
    """Tell for utterances, one a line, whether each is an acknowledgement, a command or content.

    LOCALE is the name of a profile or the path of its file; FILE is UTF-8 text, - the standard input. Each line is
    taken as a final transcript. With --json each answer is a JSON object on a line of its own.
    """
    lexicon = GateConfig.from_profile(preview_profile(locale, sets=sets)).lexicon
    width = max(map(cell_len, ("", *lexicon.soft_acks, *lexicon.commands, *lexicon.asides, *lexicon.tics)))
    with _opened(file) as stream:
        for text in _utterances(stream, "<stdin>" if file == "-" else file):
            kind, matched = _judged(lexicon, text)
            if as_json:
                print_json({"text": text, "class": kind, "matched": matched}, indent=None)
            else:
                row = f"{kind:<{CLASS_WIDTH}}  {set_cell_size(matched, width)}  {_shown(text)}"
                echo(row.rstrip())


def _judged(lexicon: Lexicon, text: str) -> tuple[str, str]:
    match = lexicon.match(text, final=True)
    return CLASSES.get(match.kind, "content"), match.matched


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from error


def _utterances(stream: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    try:
        while line := stream.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > LONGEST_LINE_BYTES:
                raise ConfigError(Problem(name, number, "", f"an utterance has at most {LONGEST_LINE_BYTES} bytes"))
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            yield text.removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ConfigError(Problem(name, number, "", f"is not UTF-8: byte 0x{byte:02x} at {error.start + 1}")) from error
    except OSError as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: OSError | ValueError) -> ConfigError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ConfigError.single(name, f"cannot be read: {reason}")


def _shown(text: str) -> str:
    """Return one line that a terminal can show, cut where it is too long."""
    start = text[: SHOWN + 1]
    safe = printable(start)
    if len(start) == len(text) and cell_len(safe) <= SHOWN:
        return safe
    return set_cell_size(safe, SHOWN - 1).rstrip() + "…"
