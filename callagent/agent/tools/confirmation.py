"""Tools that act only once the caller has had a say: those with `confirm: true` in the profile."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from livekit.agents import AgentSession

from callagent.agent.call_control import NotAllowed

Use = Literal["transfer", "keys", "hold", "entry", "do not call", "hang up"]

LIMITS: Mapping[Use, int] = {
    "transfer": 5,  # each rings somebody, and a call to somebody costs; a caller who was refused five times is told so
    "keys": 60,  # a menu of machines is left within twenty; an endless one is given up
    "hold": 10,  # a call that is mostly hold music is no call, and blocks a place of the worker
    "entry": 30,  # a number that was not keyed in after so many questions is not keyed in any more
    "do not call": 3,  # once is enough; the others are for a database that was busy
    "hang up": 3,  # the first one ends the call as soon as the goodbye is over
}
"""Times in one call."""

ALONE: frozenset[Use] = frozenset({"transfer", "keys", "hold", "entry"})
"""What occupies the telephone: two at once would ring two people, or mix their keys."""


class Allowance:
    """What is left of it in one call."""

    def __init__(self) -> None:
        self._used: Counter[Use] = Counter()
        self._busy = False

    @contextmanager
    def use(self, use: Use) -> Iterator[None]:
        """Hold the place while it is done. Raise NotAllowed, which the model is told, where it may not be done."""
        alone = use in ALONE
        if alone and self._busy:
            raise NotAllowed("Something else is being done with the telephone. Wait for it.")
        if self._used[use] >= LIMITS[use]:
            raise NotAllowed(
                f"This was done {LIMITS[use]} times in this call and is not possible any more. Go on without."
            )
        self._used[use] += 1
        self._busy = self._busy or alone
        try:
            yield
        finally:
            self._busy = self._busy and not alone


ASK = (
    "Not done yet. Tell the caller in one sentence what you are about to do, and ask whether they want it. Once they "
    "have agreed, call this tool again with the same arguments; when they have not, leave it."
)
"""What the LLM is told instead of a result."""


class Confirmation:
    """What was asked for in one call and waits for the caller's word.

    A tool acts at the second request with the same arguments, after a turn of the caller: words of a list, of a page or
    of another tool's result can make a model ask once, but not speak for the caller in between.
    """

    def __init__(self) -> None:
        self._asked: dict[str, tuple[str, int]] = {}

    def check(self, name: str, arguments: Mapping[str, object], session: AgentSession[Any]) -> None:
        """Return where the tool may act now. Raise NotAllowed, which the model is told, where it has to ask first."""
        turns = sum(message.role == "user" for message in session.history.messages())
        wanted = json.dumps(arguments, sort_keys=True, default=str)
        asked, at = self._asked.pop(name, ("", turns))
        if asked != wanted or turns <= at:
            self._asked[name] = (wanted, turns)
            raise NotAllowed(ASK)
