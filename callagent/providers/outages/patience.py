"""How long the members of a chain are waited for."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import aiohttp
from livekit.agents import APIError, APITimeoutError

T = TypeVar("T")

CHAIN_ATTEMPT_S: Final = 1.5
"""How long a member of a chain may take to connect, and for its first words or sound, unless the profile says another
time, in seconds: what a caller takes for a pause."""

GIVE_UP_S: Final = 6.0
"""How long a chain is tried for one request before it counts as gone, in seconds."""

BETWEEN_ROUNDS_S: Final = 0.5
"""Time before all members are asked once more, in seconds."""

FAILURES: Final = (
    APIError,
    aiohttp.ClientError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What a provider fails with: the plugins turn most of their errors into livekit's; the last five are what comes of an
answer that is garbled."""


@dataclass(frozen=True)
class Patience:
    """How long each member has, and how often all of them are asked.

    Args:
        attempt: seconds for one member that another one stands behind.
        retries: rounds after the first one.
    """

    attempt: float = CHAIN_ATTEMPT_S
    retries: int = 3

    def rounds(self) -> "Iterator[Round]":
        """Yield the rounds of one request, as long as there is time; on a running loop."""
        clock = asyncio.get_running_loop()
        end = clock.time() + max(GIVE_UP_S, self.attempt)
        for number in range(self.retries + 1):
            if number == 0 or clock.time() < end:
                yield Round(self.attempt, end, last_chance=number > 0)


@dataclass(frozen=True)
class Round:
    """One time that the members of a chain are asked, one after the other."""

    attempt: float
    end: float
    last_chance: bool

    def limit(self, *, others: bool) -> float:
        """Return the seconds that a member has; one that no other stands behind has all of the time that is left."""
        left = self.end - asyncio.get_running_loop().time()
        return self.attempt if others and not self.last_chance else max(self.attempt, left)


async def each_within(stream: AsyncIterator[T], limit: float) -> AsyncGenerator[T, None]:
    """Yield what a provider sends.

    Raises:
        APITimeoutError: it has sent nothing for `limit` seconds.
    """
    while True:
        try:
            async with asyncio.timeout(limit):
                item = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise APITimeoutError(f"nothing for {limit:.1f} s") from error
        yield item
