"""MCP servers, whose tools the agent has: at an address, or as a program that is started for each call."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from callagent.extras import lacking
from callagent.plaintext import exposed_message, host_of, insecure_allowed, is_exposed
from callagent.yaml_config.errors import Flaw, FlawsError
from callagent.yaml_config.units import DURATION, Duration, written
from callagent.yaml_config.validation import Settings, Text, Texts


class McpServer(Settings):
    """An MCP server: its address or its program, and which of its tools the agent has."""

    url: Text | None = Field(
        None, description="Address of a server that speaks streamable HTTP; SSE where it ends in /sse."
    )
    headers: dict[str, Text] = Field(
        default_factory=dict, description="Headers of each request; ${NAME} reads the environment, for keys."
    )
    command: Texts = Field(
        (),
        description="Program of a server that speaks over its standard input and output, with its arguments; it is "
        "started in the directory of the profile.",
    )
    env: dict[str, str] = Field(
        default_factory=dict,
        description="Environment variables of the program, besides the usual few such as PATH; ${NAME} reads ours.",
    )
    allowed: Texts | None = Field(
        None, description="The tools that the agent has; left out: all. Replies and scripted calls know these alone."
    )
    timeout: Annotated[Duration, DURATION.within("100 ms", "10 min")] = written(
        "20 s", "How long one of its tools may take, as a tool's own `timeout`."
    )
    connect_timeout: Annotated[Duration, DURATION.within("100 ms", "1 min")] = written(
        "5 s", "How long it may take to start and to list its tools; after that the call goes on without them."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> "McpServer":
        flaws = list(self._flaws())
        if flaws:
            raise FlawsError(*flaws)
        return self

    def is_mocked(self, mocked: Collection[str]) -> bool:
        """Tell whether every tool that the agent has of it is among the `mocked` ones, so that it need not be there."""
        return bool(self.allowed) and all(name in mocked for name in self.allowed or ())

    def unusable(self, env: Mapping[str, str], directory: Path) -> Iterator[tuple[str, str]]:
        """Tell what keeps it from being used on this machine, each with its key; the server is not asked.

        Args:
            directory: where its program is started.
        """
        if missing := lacking("an MCP server", "mcp"):
            yield "", missing
        if self.url is not None and is_exposed(self.url) and not insecure_allowed(env):
            yield "url", exposed_message(self.url)
        if self.command and not _is_program(self.command[0], directory):
            yield "command", f"there is no program {self.command[0]!r} that could be started"

    def _flaws(self) -> Iterator[Flaw]:
        if (self.url is None) == (not self.command):
            yield Flaw((), "needs exactly one of `url` and `command`")
        elif self.url is not None:
            if not self.url.startswith(("http://", "https://")) or not host_of(self.url):
                yield Flaw(("url",), "needs an address such as https://crm.example/mcp")
            elif "${" in self.url or "@" in self.url.partition("://")[2].partition("/")[0]:
                yield Flaw(("url",), "a secret is for `headers`, where ${NAME} reads the environment")
            if self.env:
                yield Flaw(("env",), "is for a `command`")
        elif self.headers:
            yield Flaw(("headers",), "is for a `url`")

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return arguments of the repr; of headers and variables their names."""
        return [("host", host_of(self.url or "")), ("command", self.command[:1]), ("headers", list(self.headers))]


def _is_program(name: str, directory: Path) -> bool:
    return shutil.which(directory / name if os.path.dirname(name) else name) is not None
