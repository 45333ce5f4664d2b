"""Going on after a stop that turned out to be for nothing, or after standing by for an aside."""

from callagent.turns.gate.decisions import Decision, Resume, Timers


def unsaid(full: str, said: str) -> str:
    """Return the rest of `full` from the last word of `said` on, which was probably cut; empty when nothing is left.

    >>> unsaid("We are open from nine to six.", "We are op")
    'open from nine to six.'
    """
    words, done = full.split(), said.split()
    if len(done) >= len(words) and done[-1:] == words[-1:]:
        return ""
    return " ".join(words[max(0, len(done) - 1) :])


class TakingUp:
    """Remembers that the agent owes the rest of what it was saying, and when it is to go on."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers
        self._rule = ""
        self._due = 0.0

    @property
    def owed(self) -> bool:
        """The agent was cut short and nobody has taken the turn since."""
        return bool(self._rule)

    def owe(self, due: float, rule: str, out: list[Decision]) -> None:
        """Note that the agent stopped because of `rule` and goes on at `due` unless the caller takes the turn."""
        self._rule, self._due = rule, due
        self._timers.set("resume", due, out)

    def wait(self, out: list[Decision]) -> None:
        """Put it off, as the caller makes a sound again."""
        self._timers.cancel("resume", out)

    def wait_until(self, earliest: float, out: list[Decision]) -> None:
        """Go on when it is due, but not before `earliest`, if anything is owed: the caller is quiet again."""
        if self._rule:
            self._timers.set("resume", max(earliest, self._due), out)

    def forget(self, out: list[Decision]) -> None:
        """Forget what is owed: the caller has taken the turn, or the agent speaks again."""
        self._rule = ""
        self._timers.cancel("resume", out)

    def take_up(self, at: float, out: list[Decision]) -> None:
        """Go on now, if anything is owed."""
        if self._rule:
            out.append(Resume(at, self._rule))
        self.forget(out)
