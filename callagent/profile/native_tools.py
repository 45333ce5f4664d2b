"""livekit's own tools in an author's modules: function tools, toolsets, lists of them, and functions that give such.

They bring name, description and schema along; here they are looked at before a call begins. livekit is imported only
where there may be one: whoever has no such tool waits for nothing.
"""

import dataclasses
import inspect
import re
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from callagent.yaml_config.yaml_file import shown

if TYPE_CHECKING:
    from livekit.agents.llm import FunctionTool, RawFunctionTool, Tool, Toolset

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""Names of tools that every model takes."""

_NO_TOOLS: Final = (str, bytes, int, float, bool, dict, type(None))
"""What a function that says that it returns one of these gives no tools: it is not called to see."""


@dataclass(frozen=True)
class BroughtTools:
    """livekit's tools that one entry of `tools` stands for.

    Args:
        tools: function tools and toolsets; of one tool alone a copy that has the name of the entry.
        names: of the tools, those in toolsets included, as the LLM calls them.
    """

    tools: "tuple[Tool | Toolset, ...]"
    names: tuple[str, ...]

    @property
    def is_async(self) -> bool:
        """Whether there is nothing but toolsets that run their tools beside the conversation."""
        from livekit.agents.llm.async_toolset import AsyncToolset

        return all(isinstance(tool, AsyncToolset) for tool in self.tools)

    @property
    def has_toolsets(self) -> bool:
        """Whether a toolset is among them."""
        from livekit.agents.llm import Toolset

        return any(isinstance(tool, Toolset) for tool in self.tools)


def is_native(target: object) -> bool:
    """Tell whether an object is a tool of livekit, a toolset, or a list."""
    if inspect.isfunction(target) or inspect.isbuiltin(target) or inspect.isclass(target):
        return False
    from livekit.agents.llm import Tool, Toolset

    return isinstance(target, Tool | Toolset | list | tuple)


def tools_of(name: str, target: Any) -> BroughtTools:
    """Return the tools that the entry `name` of `tools` brings. A function is called, and gives them.

    Raises:
        ValueError: it gives no tools, or one that the LLM could not use: one line, with the place of the author's code.
    """
    from livekit.agents.llm import ToolContext

    given = target if is_native(target) else _given_by(target)
    tools = tuple(given) if isinstance(given, list | tuple) else (_named(name, given),)
    if not tools:
        raise ValueError(f"{place_of(target)} has no tools in it")
    for each in tools:
        if not is_native(each) or isinstance(each, list | tuple):
            raise ValueError(f"{place_of(target)} has something in it that is no tool of livekit: {_kind(each)}")
    try:
        functions = ToolContext(list(tools)).function_tools
    except ValueError as error:  # livekit's: two of one name
        raise ValueError(f"{place_of(target)}: {error}") from error
    for function in functions.values():
        if flaw := next(_flaws(function), None):
            raise ValueError(f"{place_of(function)} {flaw}")
    return BroughtTools(tools, tuple(functions))


def place_of(target: Any) -> str:
    """Return name, file and line of a function, a class or a tool; what it is where it has none."""
    if isinstance(target, list | tuple):
        return "the list"
    inner = inspect.unwrap(target) if callable(target) else target
    code = getattr(inner, "__code__", None)
    if code is not None:
        return f"{code.co_name} ({shown(code.co_filename)}:{code.co_firstlineno})"
    if inspect.isclass(inner):
        try:
            return f"{inner.__name__} ({shown(inspect.getfile(inner))}:{inspect.getsourcelines(inner)[1]})"
        except (OSError, TypeError):  # written in C, or at a prompt
            return inner.__name__
    return _kind(inner)


def _given_by(function: Any) -> Any:
    """Call the function that gives tools."""
    why = "the LLM cannot know when to call it; add a `description`"
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise ValueError(f"{place_of(function)} has no description: {why}")
    try:
        needs = [each.name for each in inspect.signature(function).parameters.values() if _is_needed(each)]
    except (TypeError, ValueError):  # of some functions that are written in C
        needs = []
    if needs or _returns(function) in _NO_TOOLS:
        raise ValueError(f"{place_of(function)} has no description: {why}")
    try:
        given = function()
    except (Exception, SystemExit) as error:  # the author's code runs here, and may raise anything
        raise ValueError(f"{place_of(function)} has failed: {type(error).__name__}: {error}") from error
    if not is_native(given):
        raise ValueError(
            f"{place_of(function)} gives {_kind(given)}, no tools of livekit, and has no description: {why}"
        )
    return given


def _is_needed(parameter: inspect.Parameter) -> bool:
    variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and not variable


def _returns(function: Any) -> Any:
    """Return the type that a function says it returns; Any where it says none."""
    if inspect.isclass(function):
        return Any
    try:
        hint = typing.get_type_hints(function).get("return", Any)
    except (NameError, TypeError, AttributeError):  # names that are there for a type checker only
        return Any
    return typing.get_origin(hint) or hint


def _named(name: str, tool: Any) -> Any:
    """Return a function tool under the name of its entry; anything else as it is."""
    from livekit.agents.llm import FunctionTool, RawFunctionTool

    if isinstance(tool, RawFunctionTool) and tool.info.name != name:
        schema = {**tool.info.raw_schema, "name": name}
        return RawFunctionTool(tool, dataclasses.replace(tool.info, name=name, raw_schema=schema))
    if isinstance(tool, FunctionTool) and tool.info.name != name:
        return FunctionTool(tool, dataclasses.replace(tool.info, name=name))
    return tool


def _flaws(tool: "FunctionTool[Any, Any] | RawFunctionTool[Any, Any]") -> Iterator[str]:
    """Tell why the LLM could not use a tool."""
    from livekit.agents.llm import FunctionTool, ToolContext

    name = tool.info.name
    if not NAME.fullmatch(name):
        yield f"is called {name!r}: the name of a tool has letters, digits, _ and -, at most 64"
    described = tool.info.description if isinstance(tool, FunctionTool) else tool.info.raw_schema.get("description")
    if not described:
        yield f"has no description: the LLM cannot know when to call {name!r}; give it a docstring"
    try:
        ToolContext([tool]).parse_function_tools("openai", strict=False)
    except (Exception, SystemExit) as error:  # the author's annotations are read here, and may raise anything
        yield f"has parameters that make no schema: {' '.join(f'{type(error).__name__}: {error}'.split())}"


def _kind(value: object) -> str:
    return f"an object of type {type(value).__name__}"
