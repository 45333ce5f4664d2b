"""`scripts/mutate ROOM`: change the code of a room in small ways, one at a time, and see whether its tests notice."""

import argparse
import math
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.mutation.fresh_import import try_with_import
from scripts.mutation.mutants import Mutant, mutants
from scripts.mutation.outcomes import Result
from scripts.mutation.report import ENOUGH_PERCENT, Report
from scripts.mutation.rooms import ROOMS, InvalidRoom, Room
from scripts.mutation.session import import_libraries, run_warm
from scripts.mutation.survivors import SURVIVORS, InvalidSurvivors, as_toml, read_survivors

ROOT = Path(__file__).resolve().parents[2]
HOLDS, TOO_WEAK, INVALID = range(3)
DESCRIPTION = f"""\
Changes the code of a room in small ways, one at a time (a comparison, and/or, not, a number, arithmetic, True/False,
break/continue, an exception that is caught, a loop that does not run), and sees whether the room's tests notice.
Nothing is written to the sources. Message texts, log calls and annotations are left alone.

Each new survivor is printed with its file, line and change: write a test that notices it, or, where no test can or
should, give it a reason in scripts/mutation/survivors.toml; out/mutation/ROOM.toml has the entries, ready but for the
reason. Which files and tests make a room: scripts/mutation/rooms.py.

exit status: 0 at least {ENOUGH_PERCENT:.0f} % are killed and every survivor has a reason; 1 not so; 2 not valid
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    options = _parser().parse_args(arguments)
    try:
        room = ROOMS[options.room]
        existing = _mutants(room, ROOT)
        chosen = _chosen(existing, options.only, options.limit, options.seed)
        named = read_survivors(SURVIVORS, options.room)
    except (InvalidRoom, InvalidSurvivors) as error:
        print(f"mutate: {error}", file=sys.stderr)
        return INVALID
    if options.list:
        print(*chosen, f"{len(chosen)} mutants", sep="\n")
        return HOLDS
    results = run(ROOT, room.tests, chosen, options.quick)
    if results is None:
        return INVALID
    report = Report(options.room, results, named, existing)
    print(report.text())
    _keep(report, ROOT / "out" / "mutation")
    return HOLDS if report.holds else TOO_WEAK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/mutate", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("room", choices=ROOMS, metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--only", metavar="FILE", help="only the mutants of files whose path ends so")
    parser.add_argument("--limit", type=int, metavar="N", help="only N mutants, drawn by chance")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of that chance (0)")
    parser.add_argument(
        "--quick",
        type=float,
        default=math.inf,
        metavar="S",
        help="leave out tests that take over S seconds: quicker, but some survivors are none",
    )
    parser.add_argument("--list", action="store_true", help="print the mutants, run nothing")
    return parser


def _mutants(room: Room, root: Path) -> list[Mutant]:
    return [mutant for file in room.files(root) for mutant in mutants(file, (root / file).read_text(encoding="utf-8"))]


def _chosen(existing: list[Mutant], only: str | None, limit: int | None, seed: int) -> list[Mutant]:
    chosen = [mutant for mutant in existing if only is None or mutant.file.endswith(only)]
    if only is not None and not chosen:
        raise InvalidRoom(f"no file of the room ends with {only}: {', '.join(sorted({m.file for m in existing}))}")
    if limit is None or limit >= len(chosen):
        return chosen
    drawn = sorted(random.Random(seed).sample(range(len(chosen)), limit))
    return [chosen[at] for at in drawn]


def run(root: Path, tests: Sequence[str], chosen: Sequence[Mutant], longest_s: float = math.inf) -> list[Result] | None:
    """Try every mutant with the tests that take no longer than `longest_s` (seconds).

    None when the tests fail without a mutant, which is said on stderr.
    """
    done = 0

    def tell(result: Result) -> None:
        nonlocal done
        done += 1
        if not result.outcome.noticed:
            print(f"mutate: survives, {result.outcome.value}: {result.mutant}", file=sys.stderr, flush=True)
        if sys.stderr.isatty() or done % 50 == 0 or done == len(chosen):
            end = "\r" if sys.stderr.isatty() and done < len(chosen) else "\n"
            print(f"mutate: {done} of {len(chosen)}", end=end, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="mutation-") as scratch:
        warm = run_warm(root, tests, chosen, Path(scratch), tell, longest_s)
    if warm.clean.failed:
        print(f"mutate: fails without any mutant: {', '.join(warm.clean.failed)}", file=sys.stderr)
        return None
    done = len(warm.results)
    import_libraries(warm.clean.libraries)
    results = {id(result.mutant.source): result for result in warm.results}
    for mutant in warm.later:
        result = try_with_import(root, mutant, warm.clean)
        results[id(mutant.source)] = result
        tell(result)
    return sorted(results.values(), key=lambda result: (result.mutant.file, result.mutant.line))


def _keep(report: Report, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    every = [f"{result.outcome.value}: {result.mutant}" for result in report.results]
    (folder / f"{report.room}.txt").write_text(report.text() + "\n\n" + "\n".join(every) + "\n", encoding="utf-8")
    entries = as_toml(report.room, (result.mutant for result in report.unnamed))
    (folder / f"{report.room}.toml").write_text(entries, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
