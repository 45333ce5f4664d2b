"""What the scripted LLM answers: replies by the caller's words, which may call tools."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from callagent.phrases import check_expression
from callagent.profile.sections.tool_settings import BUILT_IN_TOOLS, ToolSpec
from callagent.yaml_config.errors import Flaw, FlawsError, nearest
from callagent.yaml_config.validation import Settings, Text


class ReplySpec(Settings):
    """One answer of the scripted LLM: when the caller's words match, it speaks, calls a tool, or both."""

    when: Text = Field(description="Words that occur in this order in what the caller said, or /a regular expression/.")
    say: Text | None = Field(
        None,
        description="What the agent says, after the tool where there is one; left out, it says the tool's result. "
        "{name} stands for an argument of the tool, {result} for its result.",
    )
    agent: str | None = Field(None, description="One of the `agents`, which alone gives this answer; none: all.")
    tool: str | None = Field(None, alias="call", description="Tool to call.")
    args: dict[str, Any] = Field(default_factory=dict, alias="with", description="Arguments of the tool.")

    @field_validator("when")
    @classmethod
    def _expression_compiles(cls, when: str) -> str:
        return check_expression(when)

    @model_validator(mode="after")
    def _does_something(self) -> "ReplySpec":
        if self.say is None and self.tool is None:
            raise ValueError("needs `say`, `call` or both")
        if self.args and self.tool is None:
            raise FlawsError(Flaw(("with",), "has no tool to go to; add `call`"))
        return self


def check_replies(
    replies: tuple[ReplySpec, ...],
    tools: Mapping[str, ToolSpec],
    elsewhere: Collection[str] = (),
    agents: Collection[str] = (),
    *,
    more: bool,
) -> list[Flaw]:
    """Refuse replies of an agent that is not there, that call a tool no agent has, or with arguments it does not know.

    Tools that a function brings are known once it is imported; until then any name may be one of them.

    Args:
        elsewhere: the tools of MCP servers that the profile names, and those that its agents have besides.
        agents: the names of the profile's agents.
        more: an agent of an author's own may have tools besides.
    """
    flaws: list[Flaw] = []
    some_are_imported = more or any(tool.brings_tools for tool in tools.values())
    for index, reply in enumerate(replies):
        if reply.agent is not None and reply.agent not in agents:
            flaws.append(Flaw((index, "agent"), f"there is no agent '{reply.agent}'", nearest(reply.agent, agents)))
        if reply.tool is None or (reply.tool not in tools and (some_are_imported or reply.tool in elsewhere)):
            continue
        if reply.tool not in tools:
            message = f"the profile has no tool '{reply.tool}'"
            flaws.append(Flaw((index, "call"), message, nearest(reply.tool, [*tools, *elsewhere])))
        else:
            flaws += [Flaw((index, *flaw.path), flaw.message, flaw.nearest) for flaw in _argument_flaws(reply, tools)]
    return flaws


def _argument_flaws(reply: ReplySpec, tools: Mapping[str, ToolSpec]) -> Iterator[Flaw]:
    name = reply.tool or ""
    takes = {each: True for each in BUILT_IN_TOOLS[name]} if name in BUILT_IN_TOOLS else tools[name].takes
    if takes is None:
        return
    for argument in sorted(reply.args.keys() - takes.keys()):
        yield Flaw(("with", argument), f"is not a parameter of {name}", nearest(argument, takes))
    for argument in sorted(each for each, required in takes.items() if required and each not in reply.args):
        yield Flaw(("with", argument), f"is missing; {name} needs it")
