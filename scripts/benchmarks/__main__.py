"""`python -m scripts.benchmarks NAME`, which `scripts/bench NAME` runs: find the benchmark of that name, run it."""

import logging

import click

from callagent.cli.lazy_group import LazyGroup
from callagent.cli.output import ExitStatus
from callagent.concurrency import wait_for_native_callbacks_at_exit
from callagent.yaml_config import ConfigError

BENCHMARKS = {
    "agents": ("scripts.benchmarks.own_agents.stops:agents", "How soon agents of one's own stop, beside a profile's."),
    "answering": ("scripts.benchmarks.answering.rounds:answering", "How soon calls are answered, and what they take."),
    "calls": ("scripts.benchmarks.side_by_side:calls", "The gate beside stock livekit-agents, spoken, in real time."),
    "capacity": (
        "scripts.benchmarks.capacity.command:capacity",
        "What running calls and bursts of them take, beside plain livekit-agents.",
    ),
    "chaos": ("scripts.benchmarks.endurance.chaos:chaos", "Calls with random faults: who waits, which record is lost."),
    "console": ("scripts.benchmarks.console_load:console", "What the console takes with 50 calls under way."),
    "endpointing": (
        "scripts.benchmarks.endpointing.delays:endpointing",
        "How soon turns are answered, and how often they are cut off at a pause.",
    ),
    "fuzz": ("scripts.benchmarks.fuzz:fuzz", "Inputs from outside by the thousand, none of which may do harm."),
    "gate": ("scripts.benchmarks.gate_speed:gate", "Microseconds for an event of the pure gate, bytes for a call."),
    "records": ("scripts.benchmarks.records:records", "What keeping calls costs, and how soon they are found."),
    "sip": ("scripts.benchmarks.sip_apply:sip", "How long `callagent sip` takes for 50 trunks and 200 rules."),
    "soak": (
        "scripts.benchmarks.endurance.soak:soak",
        "Calls for hours, with faults: what grows, and who waits.",
    ),
    "train-ear": ("scripts.benchmarks.ear.train_ear:train_ear", "Trains the ear of the local recogniser from a seed."),
    "turns": ("scripts.benchmarks.turns:turns", "Who talks through acknowledgements, and who stops when it is meant."),
}
"""Name of a benchmark -> where its command is, and its line in the help; only the one that runs is imported."""


class Benchmarks(LazyGroup):
    """The group of all benchmarks; it turns what is missing into exit statuses."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the benchmark. Exit status as of callagent: 2 for an invalid profile, 3 for what is not there."""
        from callagent.scripted_calls import LevelUnavailable  # takes seconds to import, which `--help` has no use for

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(ExitStatus.INVALID) from error
        except LevelUnavailable as missing:
            click.echo(str(missing), err=True)
            raise click.exceptions.Exit(ExitStatus.UNAVAILABLE) from missing


@click.group(
    cls=Benchmarks,
    table=BENCHMARKS,
    heading="Benchmarks",
    subcommand_metavar="NAME [OPTIONS]",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def main() -> None:
    """Run a benchmark. `scripts/bench NAME --help` tells its options."""
    wait_for_native_callbacks_at_exit()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    for package in ("callagent", "scripts"):
        logging.getLogger(package).setLevel(logging.INFO)


if __name__ == "__main__":
    main(prog_name="scripts/bench")
