"""Models of which each answers where those before it fail, also in the middle of an answer.

livekit's own chain waits for five seconds, gives an answer up whose beginning has been said, and knows nothing of other
calls; here the next model goes on where the one before it broke off.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Final

from livekit.agents import APIConnectionError, APIConnectOptions, APIError, llm
from livekit.agents.llm.fallback_adapter import FallbackLLMStream
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr

from callagent.providers.outages.chain_watch import ChainWatch, NamedAsWhoServes
from callagent.providers.outages.patience import BETWEEN_ROUNDS_S, FAILURES, Patience, Round, each_within

GO_ON: Final = (
    "The connection broke in the middle of your answer; the caller has heard the words above. Go on with what comes "
    "after them, as if nothing had happened, and repeat none of them."
)
"""What a model is told that goes on with the answer of another one."""

LONGEST_WAIT: Final = 200
"""Characters that are held back until a sentence ends."""

_SENTENCES = re.compile(r".*(?:[.!?\u2026][\"\u201d\u2019\u00bb)\]]*\s|[\u3002\uff01\uff1f\u0964\n])", re.DOTALL)


class ModelChain(NamedAsWhoServes[llm.LLM[Any]], llm.FallbackAdapter):
    """A chain of models.

    Args:
        watch: which of them are well.
        patience: how long each has.
    """

    def __init__(self, members: Sequence[llm.LLM[Any]], watch: ChainWatch, patience: Patience) -> None:
        super().__init__(list(members), attempt_timeout=patience.attempt)
        self.members, self.watch, self.patience = list(members), watch, patience

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        """Return the answer of the first model that gives one."""
        request = {
            "tools": tools or [],
            "parallel_tool_calls": parallel_tool_calls,
            "tool_choice": tool_choice,
            "extra_kwargs": extra_kwargs,
        }
        return _Answer(self, chat_ctx, replace(conn_options, max_retry=0), request)

    async def aclose(self) -> None:
        """End the health checks, and what livekit's chain has begun."""
        await self.watch.aclose()
        await super().aclose()


@dataclass
class _Progress:
    """How far an answer has come: what the session has of it, and what is held back until its sentence ends."""

    given: str = ""
    held: str = ""
    acted: bool = False
    repeating: str = field(default="", init=False)

    def begin(self) -> None:
        """Begin with another model; what the one before it has begun to say is dropped."""
        self.held, self.repeating = "", self.given

    def add(self, text: str) -> str:
        """Return what may be said now that there is more; a model may begin with what has been said already."""
        self.held += text
        if self.repeating:
            if self.repeating.startswith(self.held):
                return ""
            self.held = self.held.removeprefix(self.repeating)
            self.repeating = ""
        whole = _SENTENCES.match(self.held)
        return self._let_go(whole.end() if whole else len(self.held) if len(self.held) > LONGEST_WAIT else 0)

    def rest(self) -> str:
        """Return what is left at the end."""
        return "" if self.repeating else self._let_go(len(self.held))

    def _let_go(self, count: int) -> str:
        said, self.held = self.held[:count], self.held[count:]
        self.given += said
        return said


class _Answer(FallbackLLMStream):
    """One answer of a chain. Of livekit's stream it has what traces and metrics call it."""

    def __init__(
        self, chain: ModelChain, chat_ctx: llm.ChatContext, conn_options: APIConnectOptions, request: dict[str, Any]
    ) -> None:
        super().__init__(chain, chat_ctx=chat_ctx, conn_options=conn_options, **request)
        self._chain = chain
        self._options, self._request = conn_options, request
        self._progress = _Progress()

    async def _run(self) -> None:
        watch = self._chain.watch
        watch.check(self._examine)
        for number, turn in enumerate(self._chain.patience.rounds()):
            if number:
                await asyncio.sleep(BETWEEN_ROUNDS_S)
            members = watch.usable()
            for index in members:
                try:
                    await self._answered_by(index, turn, others=index != members[-1])
                except FAILURES as error:
                    watch.failed(index, error)
                    watch.check(self._examine)
                    if self._progress.acted:
                        return  # its tools run, and their results are the next request
                else:
                    return
        names = ", ".join(each.label for each in self._chain.members)
        raise APIConnectionError(f"no model of the chain answers ({names})", retryable=False)

    async def _answered_by(self, index: int, turn: Round, *, others: bool) -> None:
        progress, limit = self._progress, turn.limit(others=others)
        progress.begin()
        async with self._ask(index, self._context(), limit) as stream:
            chunks = each_within(stream, limit)
            async with aclosing(chunks):
                served = False
                async for chunk in chunks:
                    if not served and chunk.delta is not None:
                        served = True
                        self._chain.watch.serves(index)
                    self._pass_on(chunk)
        if not served:
            raise APIError("the answer is empty")
        self._say(progress.rest())

    def _pass_on(self, chunk: llm.ChatChunk) -> None:
        delta, progress = chunk.delta, self._progress
        if delta is None:
            self._event_ch.send_nowait(chunk)
            return
        text = progress.add(delta.content or "")
        if delta.tool_calls:
            text += progress.rest()
            progress.acted = True
        if text or delta.tool_calls or not delta.content:
            passed = delta.model_copy(update={"content": text or None})
            self._event_ch.send_nowait(chunk.model_copy(update={"delta": passed}))

    def _say(self, text: str) -> None:
        if text:
            delta = llm.ChoiceDelta(role="assistant", content=text)
            self._event_ch.send_nowait(llm.ChatChunk(id="", delta=delta))

    def _context(self) -> llm.ChatContext:
        """Return what is answered, with what has been said of the answer."""
        asked = self.chat_ctx
        if not self._progress.given.strip():
            return asked
        context = asked.copy()
        context.add_message(role="assistant", content=self._progress.given)
        context.add_message(role="system", content=GO_ON)
        return context

    def _ask(self, index: int, context: llm.ChatContext, limit: float) -> llm.LLMStream:
        options = replace(self._options, timeout=limit)
        return self._chain.members[index].chat(chat_ctx=context, conn_options=options, **self._request)

    async def _examine(self, index: int) -> bool:
        """Tell whether a model begins to answer the same request."""
        limit = self._chain.patience.attempt
        try:
            async with self._ask(index, self.chat_ctx, limit) as stream, asyncio.timeout(limit):
                async for chunk in stream:
                    if chunk.delta is not None:
                        return True
        except FAILURES:
            pass
        return False
