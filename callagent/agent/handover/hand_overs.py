"""The agents of a profile that has several, in one call: made, named, and handed the call over to."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from livekit.agents import Agent, AgentSession, AgentTask, ConversationItemAddedEvent, RunContext, function_tool
from livekit.agents.llm import AgentHandoff, ChatMessage, StopResponse, Tool, ToolError, Toolset
from livekit.agents.utils import is_given

from callagent.agent.handover.collecting import Collecting
from callagent.agent.handover.history import history_for
from callagent.agent.prompts import Sounds, say
from callagent.profile import CHANGE_ANSWER, hand_over_tool

if TYPE_CHECKING:
    from callagent.profile import Profile

_log = logging.getLogger("callagent.agent")

_HAND_OVER: Final = (
    "Hand the caller over to your colleague '{to}', who speaks to them next. Say nothing while calling it. When: {when}"
)
_TOO_OFTEN: Final = "The caller has been handed over too often. Help them yourself, without handing over."
_NOT_NOW: Final = "That is not possible before this is finished. Finish it, or say that the caller does not want to."
_CHANGE: Final = "Call this when the caller wants to change something that they have told before."

Models = Mapping[str, Any]
"""Parts (`stt`, `llm`, `tts`) and what an agent has for them."""


class TooOftenError(ToolError):
    """Agents have handed the call over to each other so often that it stays where it is."""


class HandOvers:
    """Who of a profile's agents has the call, and how the next one gets it.

    Args:
        models: by the agents' names, what each has of its own. They are made with the call: a hand-over waits for none.

    Attributes:
        present: the name of the agent that has the call, or had it when a task took it; empty for one of an author's
            that is none of the profile's.
        collecting: what it is asking the caller for, while it does.
    """

    def __init__(self, profile: "Profile", models: Mapping[str, Models], sounds: Sounds) -> None:
        self.present = ""
        self.collecting: Collecting | None = None
        self._profile, self._models, self._sounds = profile, models, sounds
        self._make: Callable[[str, bool], Agent] | None = None
        self._names: WeakKeyDictionary[Agent, str] = WeakKeyDictionary()
        self._in_a_row = 0
        self._handed_over_by = ""
        self._session: AgentSession[Any] | None = None

    def made_by(self, make: Callable[[str, bool], Agent]) -> None:
        """Have agents made by `make`, by their name and without models; it is told whether one has the call first."""
        self._make = make

    def follow(self, session: AgentSession[Any]) -> None:
        """Follow a session that has not been started; before anything that looks at the models of its agents."""
        self._session = session
        session.on("conversation_item_added", self._item_added)

    def name_of(self, agent: Agent) -> str:
        """Return what an agent is called: by its name in the profile, or by livekit's."""
        return self._names.get(agent, agent.id)

    def offered(self, entry: str, tools: list[Tool | Toolset]) -> list[Tool | Toolset]:
        """Return the tools of an entry of the profile's `tools` or `mcp`, for those agents alone that have it."""
        agents = self._profile.agents
        having = {name for name, spec in agents.items() if spec.tools is None or entry in spec.tools}
        if having == agents.keys():
            return tools
        return [OfferedTools(entry, tools, lambda: self.present in having or self.present not in agents)]

    def tools(self) -> list[Tool | Toolset]:
        """Return the tools that hand over, and those that belong to `collect`, each offered to its agents."""
        made: list[Tool | Toolset] = []
        for name, spec in self._profile.agents.items():
            ways = [self._way(to, when) for to, when in spec.hands_over.items()]
            if ways:
                made.append(OfferedTools(f"{name}_hands_over", ways, partial(self._has_call, name)))
            if len(spec.collect) > 1:
                change = [self._change_answer(list(spec.collect))]
                made.append(OfferedTools(f"{name}_changes", change, partial(self._may_change, name)))
        return made

    def agent(self, name: str, *, opens: bool = False) -> Agent:
        """Return a new agent of that name with its models, which knows nothing of the conversation yet.

        Raises:
            KeyError: there is none.
        """
        assert self._make is not None, "what makes agents is known before the first one is wanted"
        agent = self._make(name, opens)
        agent.update_options(**self._models.get(name, {}))
        self._names[agent] = name
        return agent

    async def next_agent(self, to: str, before: Agent) -> Agent:
        """Return the agent that gets the call from `before`, and knows of the conversation what its `context` says.

        Raises:
            TooOftenError: the call has been handed over too often without a word of the caller.
        """
        assert self._session is not None, "a session is followed before it is started"
        if self._in_a_row >= self._profile.flow.hand_overs:
            _log.warning("the call is not handed over any more", extra={"agent": self.present, "to": to})
            raise TooOftenError(_TOO_OFTEN)
        agent = self.agent(to)
        spec = self._profile.agents[to]
        known = await history_for(spec.context, before, self._session.llm)
        await agent.update_chat_ctx(agent.chat_ctx.copy().merge(known), exclude_invalid_function_calls=False)
        self._in_a_row += 1
        return agent

    def apologise(self) -> bool:
        """Tell the caller that they are not handed over any more; return whether the profile has a sentence for it."""
        sentence = self._profile.phrases.not_handed_over
        if sentence and self._session is not None:
            say(self._session, sentence, self._sounds)
        return bool(sentence)

    def _way(self, to: str, when: str) -> Tool:
        async def hand_over(context: RunContext[Any]) -> Agent:
            present = context.session.current_agent
            if isinstance(present, AgentTask):
                self._leave_task(to, present)
                raise StopResponse
            if context.speech_handle.id == self._handed_over_by:
                raise StopResponse  # two at once: the first one counts
            self._handed_over_by = context.speech_handle.id
            try:
                return await self.next_agent(to, present)
            except TooOftenError as error:
                if self.apologise():
                    raise StopResponse from error
                raise

        return function_tool(hand_over, name=hand_over_tool(to), description=_HAND_OVER.format(to=to, when=when))

    def _leave_task(self, to: str, task: AgentTask[Any]) -> None:
        if self.collecting is None:
            raise ToolError(_NOT_NOW)
        self.collecting.leave(to, task)

    def _change_answer(self, names: list[str]) -> Tool:
        async def change_answer(raw_arguments: dict[str, object], context: RunContext[Any]) -> None:
            task = context.session.current_agent
            if self.collecting is None or not isinstance(task, AgentTask):
                raise ToolError(_NOT_NOW)
            self.collecting.change(str(raw_arguments.get("what", "")), task)

        what = {"type": "string", "enum": names, "description": "What they want to change."}
        parameters = {"type": "object", "properties": {"what": what}, "required": ["what"]}
        return function_tool(
            change_answer, raw_schema={"name": CHANGE_ANSWER, "description": _CHANGE, "parameters": parameters}
        )

    def _has_call(self, name: str) -> bool:
        return self.present == name

    def _may_change(self, name: str) -> bool:
        return self._has_call(name) and self.collecting is not None and bool(self.collecting.answers)

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        assert self._session is not None
        if isinstance(event.item, AgentHandoff):
            agent = self._session.current_agent
            if isinstance(agent, AgentTask):
                _lend(agent, self._models.get(self.present, {}))
            else:
                self.present = self._names.get(agent, "")
        elif isinstance(event.item, ChatMessage) and event.item.role == "user":
            self._in_a_row = 0


class OfferedTools(Toolset):
    """Some tools, which are there while `offered` says so; livekit asks anew for each agent and each answer.

    They belong to the session all the same: what one of them has begun in the background goes on after a hand-over.
    """

    def __init__(self, name: str, tools: Sequence[Tool | Toolset], offered: Callable[[], bool]) -> None:
        self._offered_tools = [*tools]
        self._offered = offered
        super().__init__(id=f"{name}_offered")

    @property
    def tools(self) -> Sequence[Tool | Toolset]:
        """All of them, or none."""
        return self._offered_tools if self._offered() else []

    async def setup(self) -> "OfferedTools":
        """Set the toolsets among them up, offered or not."""
        await asyncio.gather(*(toolset.setup() for toolset in self._toolsets))
        return self

    async def aclose(self) -> None:
        """Close the toolsets among them."""
        await asyncio.gather(*(toolset.aclose() for toolset in self._toolsets))

    @property
    def _toolsets(self) -> list[Toolset]:
        return [tool for tool in self._offered_tools if isinstance(tool, Toolset)]


def _lend(task: AgentTask[Any], models: Models) -> None:
    """Give a task the models of the agent that it works for, where it has none of its own."""
    task.update_options(**{part: model for part, model in models.items() if not is_given(getattr(task, part))})
