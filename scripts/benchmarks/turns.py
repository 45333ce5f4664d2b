"""`scripts/bench turns`: who talks through acknowledgements, and who stops when the caller means it."""

from pathlib import Path
from typing import get_args

import click

from callagent.cli.output import ExitStatus
from callagent.profile import Profile, load_profile
from callagent.turns import GateConfig
from scripts.benchmarks.capture.captures import LATE_S, Captures, record
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.halves import PROFILES, TUNED_01, Corpus, Half, NoSuchCorpus
from scripts.benchmarks.replay.outcome import Results
from scripts.benchmarks.replay.package_env import PackageMissing
from scripts.benchmarks.replay.pipecat_env import Pipecat
from scripts.benchmarks.replay.play_all import play_all
from scripts.benchmarks.replay.systems import SYSTEMS
from scripts.benchmarks.report.hotato import Hotato
from scripts.benchmarks.report.scoring import score
from scripts.benchmarks.report.tables import panel_table, plain
from scripts.benchmarks.report.write import mistake_table, outside_table, write_report

HALVES = "Figures are published from test; rules are tuned on tune; tuned-01 is the corpus of version 0.1."


@click.command()
@click.option("--half", type=click.Choice(get_args(Half)), default="test", show_default=True, help=HALVES)
@click.option("--locale", type=click.Choice(list(PROFILES)), default="en", show_default=True, help="Its language.")
@click.option("--short", is_flag=True, help="40 overlaps with the voices that are there, at most three minutes.")
@click.option("--systems", default=",".join(SYSTEMS), show_default=True, help="Which systems, separated by commas.")
@click.option("--seed", default=1, show_default=True, help="The corpus follows from it.")
@click.option("--reuse", type=click.Path(exists=True, path_type=Path), help="Play the captures of this run again.")
@click.option(
    "--hotato/--no-hotato", "outside", default=True, help="Let hotato score the same calls, if it can be had."
)
@click.option("--profile", "profile_name", help="The locale's own, unless it is named.")
@click.option("--set", "sets", multiple=True, help="A setting of the profile: interruption.grace='300 ms'.")
@click.option("--real-time", is_flag=True, help="Capture by the wall clock; the machine must have nothing else to do.")
@click.option("--out", type=click.Path(path_type=Path), help="Directory; out/bench, with --short out/bench-short.")
def turns(
    *,
    half: Half,
    locale: str,
    short: bool,
    systems: str,
    seed: int,
    reuse: Path | None,
    outside: bool,
    profile_name: str | None,
    sets: tuple[str, ...],
    real_time: bool,
    out: Path | None,
) -> None:
    """Measure who talks through acknowledgements, and who stops when the caller means it.

    One corpus of real audio through VAD and recogniser, played to every system. About an hour; --short takes
    three. Voices and recorded prompts are fetched into the user's cache once.
    """
    chosen = _systems(systems)
    corpus = _corpus(half, locale, seed, short=short)
    profile = load_profile(profile_name or PROFILES[locale], sets=sets)
    out = out or _directory(corpus)
    captures = Captures.of(reuse) if reuse else Captures(out)
    tapes = captures.tapes() if reuse else _record(captures, profile, corpus, real_time)
    _warn_if_busy(tapes)
    pipecat = Pipecat(Path("out", "pipecat"), install=not short)
    started = lambda system: click.echo(f"playing {len(tapes)} cases to {system}", err=True)  # noqa: E731 - a callback
    results = play_all(tapes, captures, profile, chosen, pipecat=pipecat, started=started)
    if outside:
        _score_outside(results, captures, Hotato(Path("out", "hotato"), install=not short))
    title = f"bench_turns, {_kind(corpus, reuse)}{len(tapes)} cases, profile {profile.name}"
    mistakes = write_report(results, GateConfig.from_profile(profile).lexicon, out, title=title)
    click.echo(plain(panel_table({system: score(played) for system, played in results.played.items()})))
    if results.outside:
        click.echo(f"\n{plain(outside_table(results))}")
    for system, reason in results.skipped.items():
        click.echo(f"{system} was skipped: {reason}")
    click.echo(f"\n{plain(mistake_table(mistakes))}\n\n{out}/report.md, mistakes.md, report.json, scatter.png")


def _systems(names: str) -> list[str]:
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in SYSTEMS]
    if unknown or not chosen:
        raise click.BadParameter(f"{', '.join(unknown) or 'nothing'}; there are: {', '.join(SYSTEMS)}")
    return chosen


def _score_outside(results: Results, captures: Captures, hotato: Hotato) -> None:
    try:
        results.versions["hotato"] = hotato.prepare()
        results.outside = {system: hotato.score(played, captures) for system, played in results.played.items()}
    except PackageMissing as missing:
        results.skipped["hotato"] = str(missing)


def _kind(corpus: Corpus, reuse: Path | None) -> str:
    return "" if reuse else f"{corpus.half} {corpus.locale}, "


def _corpus(half: Half, locale: str, seed: int, *, short: bool) -> Corpus:
    try:
        return Corpus(half, locale, seed, short)
    except NoSuchCorpus as error:
        raise click.BadParameter(str(error)) from error


def _directory(corpus: Corpus) -> Path:
    """Return where a run of the corpus is kept unless it is said: each half and language has its own."""
    of = "" if (corpus.half, corpus.locale) == ("test", "en") else f"-{corpus.half}-{corpus.locale}"
    return Path("out", f"bench{'-short' if corpus.short else ''}{of}")


def _record(captures: Captures, profile: Profile, corpus: Corpus, real_time: bool) -> list[Tape]:
    missing = corpus.prepare()
    for line in missing:
        click.echo(line, err=True)
    if missing and corpus.half == TUNED_01 and not corpus.short:  # earlier figures are from all its voices
        raise SystemExit(ExitStatus.UNAVAILABLE)
    cases = corpus.cases()
    if not cases:
        raise SystemExit(ExitStatus.UNAVAILABLE)
    click.echo(f"voices: {', '.join(sorted({case.voice for case in cases}))}", err=True)

    def progress(done: int, total: int) -> None:
        if done % 10 == 0 or done == total:
            click.echo(f"captured {done} of {total}", err=True)

    return record(cases, captures, profile, real_time=real_time, progress=progress)


def _warn_if_busy(tapes: list[Tape]) -> None:
    late = sum(tape.lateness > LATE_S for tape in tapes)
    if late:
        click.echo(f"the machine was too busy for {late} of {len(tapes)} captures", err=True)
