"""Stand-ins for the cloud's providers, on this machine: what the worker computes for a call is then what it does there.

They are the peers of the tests (`tests.support.provider_peers`), with which nothing goes wrong here: the recogniser
hears no words in what it is sent, the LLM has one sentence, the voice hums for as long as the words would take.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.provider_peers import PER_CHARACTER_S, RATE_HZ, REPLY, ProviderPeers, Recogniser, hum

__all__ = ["PER_CHARACTER_S", "RATE_HZ", "REPLY", "hum", "standing_in", "standing_in_at"]


@asynccontextmanager
async def standing_in() -> AsyncIterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Serve on loopback; give the options of `callagent serve` that lead there, and the variables it needs."""
    async with standing_in_at() as (_, options, variables):
        yield options, variables


@asynccontextmanager
async def standing_in_at() -> AsyncIterator[tuple[str, tuple[str, ...], dict[str, str]]]:
    """As `standing_in`, and give the address before them."""
    async with ProviderPeers(stt=Recogniser(deaf=True)).serving() as peers:
        chosen = {part: peers.options(part) for part in ("stt", "llm", "tts")}
        settings = [f"{part}.{key}={each[key]}" for part, each in chosen.items() for key in ("base_url", "api_key")]
        options = [option for each in settings for option in ("--set", f"providers.{each}")]
        yield peers.address, tuple(options), {"CALLAGENT_PROVIDERS": "cloud"}
