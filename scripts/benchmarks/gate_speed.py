"""`scripts/bench gate`: what the pure gate costs, time for an event and memory for a call."""

import gc
import itertools
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

import click

from callagent.profile import DEFAULT_PROFILE, Profile, load_profile
from callagent.turns import Gate, GateConfig
from callagent.turns.gate.decisions import SetTimer
from callagent.turns.gate.events import (
    AgentState,
    AgentText,
    CallerAudible,
    CallerHushed,
    CallerStarted,
    CallerStopped,
    Event,
    TimerFired,
    Transcript,
)

CALLS = 20
"""Gates alive at the same time when memory is measured."""

_SAID = ("okay", "yeah I see", "mm-hmm", "no stop", "what are your opening hours", "uh-huh", "hold on", "that's right")


@dataclass(frozen=True)
class GateCost:
    """Microseconds for one event (the mean, and the 99th percentile) and bytes for one call."""

    events: int
    mean_us: float
    p99_us: float
    bytes_per_call: float

    @property
    def events_per_second(self) -> float:
        """How many events one core judges."""
        return 1e6 / self.mean_us


def measure_gate(profile: Profile, *, overlaps: int = 5000, runs: int = 3) -> GateCost:
    """Play a call of so many overlaps to a gate of `profile`: the best of some runs, since others use the CPU too.

    Memory is measured on calls of 100 overlaps.
    """
    config = GateConfig.from_profile(profile)
    spent = sorted(min((_play(Gate(config), overlaps) for _ in range(runs)), key=sum))
    mean, p99 = sum(spent) / len(spent), spent[int(len(spent) * 0.99)]
    return GateCost(len(spent), mean / 1e3, p99 / 1e3, _bytes_per_call(config))


def _bytes_per_call(config: GateConfig) -> float:
    """Return what a gate holds on to after a long call; what gates share (lexicon, its cache) exists already."""
    _play(Gate(config), 100)
    gc.collect()
    tracemalloc.start()
    gates = [Gate(config) for _ in range(CALLS)]
    for gate in gates:
        _play(gate, 100)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / len(gates)


def _play(gate: Gate, overlaps: int) -> list[int]:
    """Return nanoseconds for each event. Timers that the gate sets fire when they are due."""
    spent: list[int] = []
    timers: dict[int, float] = {}

    def feed(event: Event) -> None:
        began = time.perf_counter_ns()
        decisions = gate.feed(event)
        spent.append(time.perf_counter_ns() - began)
        for decision in decisions:
            if isinstance(decision, SetTimer):
                timers[decision.timer] = decision.due

    for event in itertools.chain.from_iterable(_overlap(number) for number in range(overlaps)):
        for timer, due in sorted(timers.items(), key=lambda item: item[1]):
            if due <= event.at:
                del timers[timer]
                feed(TimerFired(due, timer))
        feed(event)
    return spent


def _overlap(number: int) -> Iterator[Event]:
    """Let the caller say something over the agent, word by word; the lexicon has
    not seen every third of them before.
    """
    at = 10.0 * number
    words = f"{_SAID[number % len(_SAID)]} {number if number % 3 == 0 else ''}".split()
    key = 100 * number
    yield AgentState(at, "thinking")
    yield AgentText(at, "We are open on weekdays from nine to six, and on Saturdays from ten to two.")
    yield AgentState(at + 0.2, "speaking")
    yield CallerAudible(at + 2.0)
    yield CallerStarted(at + 2.1, at + 2.0)
    for count in range(1, len(words) + 1):
        yield Transcript(at + 2.1 + 0.15 * count, key + count, " ".join(words[:count]), False, 0.8)
    yield CallerHushed(at + 3.2)
    yield CallerStopped(at + 3.5, at + 3.1)
    yield Transcript(at + 3.8, key + 50, " ".join(words), True, 0.8)
    yield AgentState(at + 6.0, "listening")


@click.command()
@click.option("--profile", "profile_name", default=DEFAULT_PROFILE, show_default=True)
def gate(profile_name: str) -> None:
    """Microseconds for an event of the pure gate, bytes for a call."""
    cost = measure_gate(load_profile(profile_name))
    click.echo(f"{cost.events} events: {cost.events_per_second:,.0f} a second, {cost.mean_us:.1f} us each", nl=False)
    click.echo(f" (p99 {cost.p99_us:.1f} us); {cost.bytes_per_call / 1000:.1f} kB a call")
