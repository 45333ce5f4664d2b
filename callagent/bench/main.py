"""The command line of the benchmark."""

import logging
from pathlib import Path

import click

from callagent.bench.capturing import LATE_S, Captures
from callagent.bench.corpus import FULL, SHORT, make_corpus
from callagent.bench.gate_speed import measure_gate
from callagent.bench.judge import score
from callagent.bench.replay.pipecat_env import Pipecat
from callagent.bench.replay.systems import SYSTEMS
from callagent.bench.report.tables import panel_table, plain
from callagent.bench.report.write import mistake_table, write_report
from callagent.bench.run import play_all, record
from callagent.bench.tape import Tape
from callagent.bench.voices import VoicesMissing, available, check_voices
from callagent.profile import DEFAULT_PROFILE, ConfigError, Profile, load_profile
from callagent.turns import GateConfig

INVALID, UNAVAILABLE = 2, 3
"""Exit statuses, as of the `callagent` command."""


@click.group()
def main() -> None:
    """Measure the interruption gate."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("callagent").setLevel(logging.INFO)


@main.command()
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
    """Who talks through acknowledgements, and who stops when the caller means it."""
    chosen = _systems(systems)
    profile = _profile(profile_name, sets)
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


@main.command()
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True)
def gate(profile_name: str) -> None:
    """Microseconds for an event of the pure gate, bytes for a call."""
    cost = measure_gate(_profile(profile_name, ()))
    click.echo(f"{cost.events} events: {cost.events_per_second:,.0f} a second, {cost.mean_us:.1f} us each", nl=False)
    click.echo(f" (p99 {cost.p99_us:.1f} us); {cost.bytes_per_call / 1000:.1f} kB a call")


def _systems(names: str) -> list[str]:
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in SYSTEMS]
    if unknown or not chosen:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'}; there are: {', '.join(SYSTEMS)}")
    return chosen


def _profile(name: str, sets: tuple[str, ...]) -> Profile:
    try:
        return load_profile(name, sets=sets)
    except ConfigError as error:
        click.echo(str(error), err=True)
        raise SystemExit(INVALID) from error


def _record(captures: Captures, profile: Profile, seed: int, short: bool, real_time: bool) -> list[Tape]:
    try:
        check_voices()
    except VoicesMissing as error:
        click.echo(str(error), err=True)
        if not short:
            raise SystemExit(UNAVAILABLE) from error
    cases = make_corpus(seed, available(), SHORT if short else FULL)

    def progress(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            click.echo(f"captured {done} of {total}", err=True)

    return record(cases, captures, profile, real_time=real_time, progress=progress)


def _warn_if_busy(tapes: list[Tape]) -> None:
    late = sum(tape.lateness > LATE_S for tape in tapes)
    if late:
        click.echo(f"the machine was too busy for {late} of {len(tapes)} captures", err=True)
