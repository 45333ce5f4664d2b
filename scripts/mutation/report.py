"""What a run found, as text: a table, the new survivors, the entries that are stale."""

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.mutation.mutants import Mutant
from scripts.mutation.outcomes import Outcome, Result
from scripts.mutation.survivors import Survivor

ENOUGH_PERCENT = 90.0


@dataclass(frozen=True)
class Report:
    """The results of a room, held against the survivors that have a name. `existing` are all mutants of the room."""

    room: str
    results: Sequence[Result]
    named: Sequence[Survivor]
    existing: Sequence[Mutant]

    @property
    def killed(self) -> int:
        """How many mutants a test noticed."""
        return sum(result.outcome.noticed for result in self.results)

    @property
    def percent(self) -> float:
        """Of all mutants that were tried."""
        return 100.0 * self.killed / len(self.results) if self.results else 100.0

    @property
    def unnamed(self) -> list[Result]:
        """The survivors without an entry."""
        names = {survivor.change for survivor in self.named}
        return [r for r in self.results if not r.outcome.noticed and r.mutant.change not in names]

    @property
    def stale(self) -> list[Survivor]:
        """The entries whose mutant is killed by now, or does not exist any more."""
        tried = {result.mutant.change for result in self.results}
        surviving = {result.mutant.change for result in self.results if not result.outcome.noticed}
        possible = surviving | {mutant.change for mutant in self.existing if mutant.change not in tried}
        return [survivor for survivor in self.named if survivor.change not in possible]

    @property
    def holds(self) -> bool:
        """Whether enough mutants are killed and every survivor has its reason."""
        return self.percent >= ENOUGH_PERCENT and not self.unnamed

    def text(self) -> str:
        """Return the whole report."""
        parts = [self._table()]
        parts += [f"survives, {result.outcome.value}: {result.mutant}" for result in self.unnamed]
        parts += [f"stale in survivors.toml: {survivor}" for survivor in self.stale]
        parts.append(self._summary())
        return "\n".join(parts)

    def _table(self) -> str:
        files = list(dict.fromkeys(result.mutant.file for result in self.results))
        width = max([len(file) for file in files], default=0)
        lines = [f"{'':{width}}  mutants  killed  in time  survive      %"]
        for file in files:
            outcomes = [result.outcome for result in self.results if result.mutant.file == file]
            killed = sum(outcome.noticed for outcome in outcomes)
            late = outcomes.count(Outcome.TIMED_OUT)
            counts = f"{len(outcomes):7}  {killed:6}  {killed - late:7}  {len(outcomes) - killed:7}"
            lines.append(f"{file:{width}}  {counts}  {100 * killed / len(outcomes):5.1f}")
        return "\n".join(lines)

    def _summary(self) -> str:
        named = len(self.results) - self.killed - len(self.unnamed)
        return (
            f"{self.room}: {self.killed} of {len(self.results)} mutants killed, {self.percent:.1f} %; "
            f"{named} survivors named, {len(self.unnamed)} not, {len(self.stale)} entries stale"
        )
