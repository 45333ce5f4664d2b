"""The trade-off between talking through and stopping fast, and the point on it that is recommended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from callagent.profile import VadSettings
from callagent.scripted_calls.measure.call_panel import YIELD_S
from callagent.scripted_calls.tuning.candidate import Outcome, Trial
from callagent.scripted_calls.tuning.grid import AXES, Setting
from callagent.scripted_calls.tuning.speech_probability import Thresholds
from callagent.turns import GateConfig

ENOUGH = 0.97
"""Share of acknowledgements and tics that a recommended setting talks through."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a setting achieves; shares from 0 to 1 and latencies in seconds, None without an event."""

    talk_through: float | None
    missed: int
    p50: float | None
    p95: float | None
    lost: int

    @classmethod
    def of(cls, outcome: Outcome) -> "Figures":
        """Return the figures of an outcome, rounded to what can be told apart."""
        through, latencies = outcome.talked_through, outcome.latencies
        p50, p95 = np.percentile(latencies, [50, 95]) if latencies else (None, None)
        return cls(
            talk_through=round(sum(through) / len(through), 4) if through else None,
            missed=outcome.missed,
            p50=None if p50 is None else round(float(p50), 3),
            p95=None if p95 is None else round(float(p95), 3),
            lost=outcome.lost,
        )

    @property
    def costs(self) -> tuple[float, float, int, int]:
        """What should be small: acknowledgements that stop the agent, slowness, missed and lost."""
        slow = YIELD_S if self.p95 is None else self.p95
        return (0.0 if self.talk_through is None else 1 - self.talk_through, slow, self.missed, self.lost)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for `--json`."""
        return {
            "talk_through": self.talk_through,
            "missed_interruptions": self.missed,
            "yield_latency": {"p50": self.p50, "p95": self.p95},
            "lost_answers": self.lost,
        }


@dataclass(frozen=True)
class Point:
    """Figures, and the settings that reach them: the nearest to the current one first."""

    figures: Figures
    settings: tuple[Setting, ...]

    @property
    def setting(self) -> Setting:
        """The setting nearest to the current one."""
        return self.settings[0]


@dataclass(frozen=True)
class Tradeoff:
    """All points of a sweep; `front` are those that no other is at least as good as in everything, fastest first."""

    now: Setting
    current: Point
    """The point that the setting of `now` is at."""
    points: tuple[Point, ...]
    front: tuple[Point, ...]
    idle: tuple[str, ...]
    """Fields of which several values were tried and changed nothing."""
    acknowledgements: int
    interruptions: int

    @property
    def recommended(self) -> Point | None:
        """The fastest point that talks through enough, misses nothing and loses no more than the current setting; of
        equal ones the nearest to the current. None without one, or where there is nothing to weigh.
        """
        fitting = [point for point in self.points if self._fits(point.figures)]
        return min(fitting, key=lambda point: (point.figures.p95, self.now.distance(point.setting)), default=None)

    @property
    def obstacle(self) -> str | None:
        """Why nothing is recommended, in words; None when something is."""
        if self.recommended is not None:
            return None
        if not self.acknowledgements:
            return "the calls have no acknowledgement or tic over the agent's speech"
        if not self.interruptions:
            return "the calls have no interruption of the agent's speech"
        return f"no setting talks through {ENOUGH:.0%}, stops at every interruption and loses no more turns than now"

    @property
    def better_than_current(self) -> int:
        """How many points are better than the current one in something and worse in nothing."""
        return sum(_beats(point.figures, self.current.figures) for point in self.points)

    def _fits(self, figures: Figures) -> bool:
        if figures.talk_through is None or figures.p95 is None:
            return False
        return figures.talk_through >= ENOUGH and not figures.missed and figures.lost <= self.current.figures.lost


def sweep(
    trials: Sequence[Trial],
    base: GateConfig,
    current: Setting,
    grid: Iterable[Setting],
    vad: VadSettings | None = None,
) -> Tradeoff:
    """Try every setting of `grid`, and `current`, on every call; the other settings are those of `base` and `vad`.

    Without `vad` the caller starts and stops as in the calls, whatever the threshold.
    """
    outcomes: dict[Setting, Outcome] = {}
    for setting in dict.fromkeys((current, *grid)):
        outcome = outcomes[setting] = Outcome()
        config = setting.config(base)
        thresholds = None if vad is None else Thresholds.of(vad, setting.activation_threshold)
        for trial in trials:
            trial.try_out(config, outcome, thresholds)
    figures = {setting: Figures.of(outcome) for setting, outcome in outcomes.items()}
    grouped: dict[Figures, list[Setting]] = {}
    for setting in sorted(figures, key=current.distance):
        grouped.setdefault(figures[setting], []).append(setting)
    points = tuple(Point(each, tuple(settings)) for each, settings in grouped.items())
    front = [p for p in points if not any(_beats(other.figures, p.figures) for other in points)]
    here = outcomes[current]
    return Tradeoff(
        now=current,
        current=next(point for point in points if current in point.settings),
        points=points,
        front=tuple(sorted(front, key=lambda point: point.figures.costs[1])),
        idle=tuple(name for name in AXES if _was_tried(name, figures) and _is_idle(name, figures)),
        acknowledgements=len(here.talked_through),
        interruptions=len(here.latencies) + here.missed,
    )


def _beats(one: Figures, other: Figures) -> bool:
    pairs = list(zip(one.costs, other.costs, strict=True))
    return all(mine <= theirs for mine, theirs in pairs) and any(mine < theirs for mine, theirs in pairs)


def _was_tried(name: str, settings: Iterable[Setting]) -> bool:
    return len({setting.values()[name] for setting in settings}) > 1


def _is_idle(name: str, figures: dict[Setting, Figures]) -> bool:
    """Tell whether settings that differ in this field alone always have the same figures."""
    seen: dict[tuple[float, ...], Figures] = {}
    for setting, each in figures.items():
        rest = tuple(value for key, value in setting.values().items() if key != name)
        if seen.setdefault(rest, each) != each:
            return False
    return True


COLUMNS = ("", "talk-through", "yield p50", "yield p95", "missed", "lost", *AXES, "alike")


def front_table(tradeoff: Tradeoff, rows: int) -> str:
    """Return the front, fastest first, the current setting and the recommended one; at most `rows` points of the front.

    `alike` is the number of settings with the same figures; the one shown is the nearest to the current.
    """
    best = tradeoff.recommended
    lines = [_row("current", tradeoff.current, tradeoff.now)]
    if best is not None:
        lines.append(_row("recommended", best, best.setting))
    lines += [_row("front", point, point.setting) for point in tradeoff.front[:rows]]
    if len(tradeoff.front) > rows:
        lines.append((f"{len(tradeoff.front) - rows} more", *[""] * (len(COLUMNS) - 1)))
    widths = [max(len(row[i]) for row in (COLUMNS, *lines)) for i in range(len(COLUMNS))]
    return "\n".join(_aligned(row, widths) for row in (COLUMNS, *lines))


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    figures = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *figures]).rstrip()


def _row(name: str, point: Point, setting: Setting) -> tuple[str, ...]:
    figures = point.figures
    return (
        name,
        "-" if figures.talk_through is None else f"{figures.talk_through:.1%}",
        _seconds(figures.p50),
        _seconds(figures.p95),
        str(figures.missed),
        str(figures.lost),
        *(f"{value:g}" for value in setting.values().values()),
        str(len(point.settings)),
    )


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f} s"
