"""Chains of livekit's real plugins, each member with a peer of its own on the wire."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from livekit.agents.utils import http_context

from callagent.profile import Profile
from callagent.providers import Script
from callagent.providers.making import make_part
from tests.providers.conftest import profile_with
from tests.support.provider_peers import ProviderPeers

LOCAL: dict[str, Any] = {"stt": "local", "tts": "local", "llm": "script", "vad": "silero"}
SOON: dict[str, Any] = {"timeout": "500 ms", "stt_timeout": "500 ms", "tts_timeout": "500 ms", "retries": 1}

SOON_S = 5.0
"""Half the time that a slow provider takes; an attempt has a tenth of that."""


@dataclass
class Told:
    """What a chain has told of its members: an `OutageListener`."""

    news: list[str] = field(default_factory=list)

    def provider_failed(self, part: str, provider: str, error: str) -> None:
        self.news.append(f"{part} {provider} failed: {error}")

    def fell_back(self, part: str, provider: str, to: str) -> None:
        self.news.append(f"{part} fell back to {to}")

    def recovered(self, part: str, provider: str) -> None:
        self.news.append(f"{part} {provider} is back")


@dataclass
class Pair:
    """Two sets of peers: those of the first members, and those of the second ones."""

    first: ProviderPeers
    second: ProviderPeers
    told: Told = field(default_factory=Told)
    made: list[Any] = field(default_factory=list)

    def profile(self, part: str) -> Profile:
        both = [self.first.options(part), self.second.options(part)]
        return profile_with("en-US", **{**LOCAL, part: both}).model_copy(
            update={"model": profile_with("en-US", **LOCAL).model.model_validate(SOON)}
        )

    def chain(self, part: str) -> Any:
        """The chain of a part, which tells `told` of what fails."""
        made = make_part(self.profile(part), part, Script())
        made.watch.listen(self.told)
        self.made.append(made)
        return made

    async def aclose(self) -> None:
        """Close the chains and their members."""
        for chain in self.made:
            await chain.aclose()
            for member in chain.members:
                await member.aclose()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    async with ProviderPeers().serving() as first, ProviderPeers().serving() as second, http_context.open():
        both = Pair(first, second)
        yield both
        await both.aclose()
