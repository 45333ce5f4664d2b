"""``callagent profile tune``: tries the gate's settings on calls and tells which trade-off each of them is."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from callagent.cli.options import json_option, sets_option
from callagent.cli.output import ExitStatus, echo, echo_lines, print_json
from callagent.extras import lacking
from callagent.private_files import make_directory
from callagent.profile import Profile, VadSettings, load_profile, preview_profile
from callagent.yaml_config import ConfigError

if TYPE_CHECKING:
    from callagent.journal import CallJournal
    from callagent.scripted_calls import LevelName
    from callagent.scripted_calls.tuning import Point, Tradeoff

PICTURE = "tradeoff.png"
ROWS = 20
"""Points of the front that are printed."""


@dataclass(frozen=True)
class Tuned:
    """A sweep, and what has to be said about it."""

    profile: str
    calls: int
    settings: int
    seconds: float
    tradeoff: "Tradeoff"
    notes: list[str]
    picture: Path | None
    """None where matplotlib is not installed."""
    vad: VadSettings | None
    """The profile's VAD where its thresholds were tuned too."""


@click.command("tune")
@click.argument("name")
@click.option(
    "--calls",
    "directory",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Directory with journals of calls (events.jsonl), as `call --report` and `serve --records` leave them, "
    "scripted calls (*.yaml), or both.",
)
@click.option(
    "--level",
    type=click.Choice(["text", "audio"]),
    default="text",
    show_default=True,
    help="Where scripted calls are run once to get their journals.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/tune"),
    show_default=True,
    help="Where the picture goes, and the journals and recordings of the calls that were run.",
)
@sets_option
@json_option
def tune(name: str, directory: Path, level: "LevelName", out: Path, sets: tuple[str, ...], as_json: bool) -> None:
    """Try the interruption settings of a profile on calls, and recommend values.

    The events of each call are replayed through the gate with every combination of grace, content_words,
    min_confidence and answer_window; where a recording (call.wav) lies beside the journal, of the VAD's
    activation_threshold too. Nothing is written to the profile.

    Exit status: 0 a setting is recommended, 1 none fits, 2 the profile or a call is invalid, 3 the level is not
    available here.
    """
    from callagent.scripted_calls import LevelUnavailable
    from callagent.scripted_calls.tuning import look_in, make

    found = look_in(directory)
    profile = load_profile(name, sets=sets) if found.scripts else preview_profile(name, sets=sets)
    try:
        make_directory(out)
        made = make(found.scripts, name, sets, level, out)
    except LevelUnavailable as unavailable:
        echo(unavailable, err=True)
        sys.exit(ExitStatus.UNAVAILABLE)
    except OSError as error:
        raise ConfigError.single("--out", f"cannot be written: {error}") from error
    failed = [f"{script}: an expectation was not met with the current setting" for script in made.failed]
    tuned_on(profile, [*found.journals, *made.journals], str(directory), out, failed, as_json=as_json)


def tuned_on(
    profile: Profile,
    journals: Sequence["CallJournal"],
    where: str,
    out: Path,
    notes: Sequence[str] = (),
    *,
    as_json: bool,
) -> NoReturn:
    """Try the settings on the calls, print what came of it, and end the command.

    Args:
        where: what the calls were found by, for the line that says that they tell nothing.
        out: directory of the picture; made where it is missing.
        notes: what has to be said besides.
    """
    try:
        make_directory(out)
        tuned = _tuned(profile, journals, where, out)
    except OSError as error:
        raise ConfigError.single("--out", f"cannot be written: {error}") from error
    tuned.notes.extend(notes)
    if as_json:
        print_json(_as_dict(tuned))
    else:
        _print(tuned)
    sys.exit(ExitStatus.OK if tuned.tradeoff.recommended else ExitStatus.FAILED)


def _tuned(profile: Profile, journals: Sequence["CallJournal"], where: str, out: Path) -> Tuned:
    from callagent.scripted_calls.tuning import Setting, grid_around, hear, judged, sweep
    from callagent.turns import GateConfig

    config = GateConfig.from_profile(profile)
    known = judged(journals, config.lexicon)
    heard = hear(known.journals, profile)
    if not any(trial.overlaps for trial in heard.trials):
        message = "nothing to tune by: no acknowledgement, tic or interruption over the agent's speech in its calls"
        raise ConfigError.single(where, message)
    current = Setting.of(profile)
    grid = grid_around(current, with_vad=heard.with_vad)
    vad = profile.vad if heard.with_vad else None
    began = time.perf_counter()
    tradeoff = sweep(heard.trials, config, current, grid, vad)
    seconds = time.perf_counter() - began
    picture = _draw(tradeoff, out / PICTURE, f"{profile.name}: {len(grid)} settings on {len(journals)} calls")
    notes = [
        *([known.note] if known.note else []),
        *heard.notes,
        *(f"{field} makes no difference in these calls" for field in tradeoff.idle),
    ]
    if cut_off := sum(journal.cut_off for journal in journals):
        notes.append(f"{cut_off} of {len(journals)} journals end in the middle of the call: used up to there")
    others = sorted({journal.head.profile for journal in journals} - {profile.name})
    if others:
        notes.append(f"some calls were made with another profile: {', '.join(others)}")
    return Tuned(profile.name, len(journals), len(grid), seconds, tradeoff, notes, picture, vad)


def _draw(tradeoff: "Tradeoff", picture: Path, title: str) -> Path | None:
    """Draw the picture where matplotlib is installed; where it is not, say on stderr how to get it."""
    if missing := lacking(picture.name, "matplotlib"):
        echo(missing, err=True)
        return None
    from callagent.scripted_calls.tuning.tradeoff_picture import draw

    draw(tradeoff, picture, title=title)
    return picture


def _as_dict(tuned: Tuned) -> dict[str, Any]:
    def row(point: "Point") -> dict[str, Any]:
        return {**point.figures.as_dict(), "setting": point.setting.values(), "settings": len(point.settings)}

    tradeoff = tuned.tradeoff
    best = tradeoff.recommended
    current = {**row(tradeoff.current), "better": tradeoff.better_than_current}
    current["setting"] = tradeoff.now.values()
    return {
        "profile": tuned.profile,
        "calls": tuned.calls,
        "acknowledgements": tradeoff.acknowledgements,
        "interruptions": tradeoff.interruptions,
        "settings": tuned.settings,
        "seconds": round(tuned.seconds, 3),
        "current": current,
        "front": [row(point) for point in tradeoff.front],
        "recommended": None if best is None else {**row(best), "yaml": best.setting.as_yaml(tuned.vad)},
        "obstacle": tradeoff.obstacle,
        "notes": tuned.notes,
        "picture": None if tuned.picture is None else str(tuned.picture),
    }


def _print(tuned: Tuned) -> None:
    from callagent.scripted_calls.tuning import front_table

    tradeoff = tuned.tradeoff
    echo_lines(
        f"{tuned.settings} settings on {tuned.calls} calls in {tuned.seconds:.1f} s; over the agent's speech: "
        f"{tradeoff.acknowledgements} acknowledgements and tics, {tradeoff.interruptions} interruptions\n"
    )
    echo_lines(front_table(tradeoff, ROWS))
    better = tradeoff.better_than_current
    echo_lines(f"\ncurrent: {f'not on the front; better: {better}' if better else 'on the front'}\n")
    best = tradeoff.recommended
    if best is None:
        echo_lines(f"recommended: none, {tradeoff.obstacle}\n")
    else:
        same = best.setting == tradeoff.now
        echo_lines(f"recommended{' (as it is now)' if same else ''}:\n\n{best.setting.as_yaml(tuned.vad)}")
    for note in tuned.notes:
        echo(f"note: {note}")
    if tuned.picture is not None:
        echo(f"written: {tuned.picture}")
