"""How often an agent may do something with the telephone in one call, whatever its model has been talked into."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from livekit.agents.llm import ToolError

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
        """To be inside of while it is done. Raises ToolError, which the model is told, where it may not be done."""
        alone = use in ALONE
        if alone and self._busy:
            raise ToolError("Something else is being done with the telephone. Wait for it.")
        if self._used[use] >= LIMITS[use]:
            raise ToolError(
                f"This was done {LIMITS[use]} times in this call and is not possible any more. Go on without."
            )
        self._used[use] += 1
        self._busy = self._busy or alone
        try:
            yield
        finally:
            self._busy = self._busy and not alone
