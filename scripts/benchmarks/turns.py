"""`scripts/bench turns`: who talks through acknowledgements, and who stops when the caller means it."""

from pathlib import Path

import click

from callagent.cli.output import ExitStatus
from callagent.profile import DEFAULT_PROFILE, Profile, load_profile
from callagent.turns import GateConfig
from scripts.benchmarks.capture.captures import LATE_S, Captures, record
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.make_corpus import FULL, SHORT, make_corpus
from scripts.benchmarks.corpus.voices import VoicesMissing, available, check_voices
from scripts.benchmarks.replay.pipecat_env import Pipecat
from scripts.benchmarks.replay.play_all import play_all
from scripts.benchmarks.replay.systems import SYSTEMS
from scripts.benchmarks.report.scoring import score
from scripts.benchmarks.report.tables import panel_table, plain
from scripts.benchmarks.report.write import mistake_table, write_report


@click.command()
@click.option("--short", is_flag=True, help="40 overlaps with the voices that are there, at most three minutes.")
@click.option("--systems", default=",".join(SYSTEMS), show_default=True, help="Which systems, separated by commas.")
@click.option("--seed", default=1, show_default=True, help="The corpus follows from it.")
@click.option("--reuse", type=click.Path(exists=True, path_type=Path), help="Play the captures of this run again.")
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True)
@click.option("--set", "sets", multiple=True, help="A setting of the profile: interruption.grace='300 ms'.")
@click.option("--real-time", is_flag=True, help="Capture by the wall clock; the machine must have nothing else to do.")
@click.option("--out", type=click.Path(path_type=Path), help="Directory; out/bench, with --short out/bench-short.")
def turns(
    *,
    short: bool,
    systems: str,
    seed: int,
    reuse: Path | None,
    profile_name: str,
    sets: tuple[str, ...],
    real_time: bool,
    out: Path | None,
) -> None:
    """Measure who talks through acknowledgements, and who stops when the caller means it.

    One corpus of real audio through VAD and recogniser, played to every system. About forty minutes; --short takes
    three.
    """
    chosen = _systems(systems)
    profile = load_profile(profile_name, sets=sets)
    out = out or Path("out", "bench-short" if short else "bench")
    captures = Captures.of(reuse) if reuse else Captures(out)
    tapes = captures.tapes() if reuse else _record(captures, profile, seed, short, real_time)
    _warn_if_busy(tapes)
    pipecat = Pipecat(Path("out", "pipecat"), install=not short)
    started = lambda system: click.echo(f"playing {len(tapes)} cases to {system}", err=True)  # noqa: E731 - a callback
    results = play_all(tapes, captures, profile, chosen, pipecat=pipecat, started=started)
    title = f"bench_turns, {len(tapes)} cases, profile {profile.name}"
    mistakes = write_report(results, GateConfig.from_profile(profile).lexicon, out, title=title)
    click.echo(plain(panel_table({system: score(played) for system, played in results.played.items()})))
    for system, reason in results.skipped.items():
        click.echo(f"{system} was skipped: {reason}")
    click.echo(f"\n{plain(mistake_table(mistakes))}\n\n{out}/report.md, mistakes.md, report.json, scatter.png")


def _systems(names: str) -> list[str]:
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in SYSTEMS]
    if unknown or not chosen:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'}; there are: {', '.join(SYSTEMS)}")
    return chosen


def _record(captures: Captures, profile: Profile, seed: int, short: bool, real_time: bool) -> list[Tape]:
    try:
        check_voices()
    except VoicesMissing as error:
        click.echo(str(error), err=True)
        if not short:
            raise SystemExit(ExitStatus.UNAVAILABLE) from error
    cases = make_corpus(seed, available(), SHORT if short else FULL)

    def progress(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            click.echo(f"captured {done} of {total}", err=True)

    return record(cases, captures, profile, real_time=real_time, progress=progress)


def _warn_if_busy(tapes: list[Tape]) -> None:
    late = sum(tape.lateness > LATE_S for tape in tapes)
    if late:
        click.echo(f"the machine was too busy for {late} of {len(tapes)} captures", err=True)
