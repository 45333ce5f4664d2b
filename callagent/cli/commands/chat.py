"""`callagent chat`: talk to the agent in the terminal, by typing."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path

import click
from livekit.agents.utils import http_context

from callagent.call_context import load_zones
from callagent.cli.commands.chat_turns import Conversation
from callagent.cli.options import FiniteRange, insecure_option, providers_option, sets_option
from callagent.cli.output import ExitStatus, echo
from callagent.cli.stdin_lines import Lines
from callagent.cli.views.chat_view import ChatView
from callagent.extras import lacking
from callagent.interactive import TypedCall
from callagent.interactive.typed import SCRIPT, Transcript
from callagent.journal import Trouble
from callagent.private_files import create_file
from callagent.profile import Profile, load_profile, load_targets
from callagent.providers import make_agent_llms, make_llm
from callagent.sanitise import storable
from callagent.sanitise.console import TerminalConsole
from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop
from callagent.yaml_config import ConfigError


@click.command()
@click.argument("profile", metavar="PROFILE")
@click.option(
    "--transcript",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the conversation, written when it is over; Ctrl-C loses nothing.",
)
@click.option(
    "--pace",
    type=FiniteRange(0.1, 100),
    default=1.0,
    metavar="FACTOR",
    help="How much faster than natural speech the agent speaks, 0.1 to 100. [default: 1]",
)
@insecure_option
@providers_option
@sets_option
def chat(profile: str, transcript: Path | None, pace: float, env: Mapping[str, str], sets: tuple[str, ...]) -> None:
    """Talk to the agent of PROFILE by typing: a name, or the path of a file.

    The agent's words come at the pace of speech. What you type meanwhile is spoken into them, and the interruption
    gate decides what becomes of it, as on the telephone; no speech model is needed. /help tells what else can be
    typed. Piped input is one turn a line.

    Exit status: 0 after a conversation, 1 when something in it failed (an LLM that cannot be reached), 2 when the
    profile is not valid, 130 after Ctrl-C.
    """
    agent = load_profile(profile, sets=sets, env=env)
    load_targets(agent)
    model, agents = make_llm(agent), make_agent_llms(agent)
    at_terminal = sys.stdin.isatty()
    view = ChatView(TerminalConsole(), at_terminal=at_terminal)
    # Time is virtual where nothing outside this program takes part.
    run = (*(tool.run for tool in agent.tools.values()), agent.hooks.started, agent.hooks.ended)
    outside = agent.providers.llm.use != "script" or any(run)
    virtual = not at_terminal and not outside
    if virtual and (missing := lacking("virtual time", "time_machine")):
        echo(f"{missing}; the conversation takes as long as it lasts", err=True)
        virtual = False
    with _saved(transcript) as kept, asyncio.Runner(loop_factory=VirtualLoop if virtual else None) as runner:
        context = SCRIPT.context.read("inbound")
        load_zones(context, agent.time_zone)
        make_call = partial(TypedCall, agent, model, pace=pace, agents=agents, context=context)
        fine = runner.run(_converse(agent, make_call, pace, view, kept, at_terminal))
    sys.exit(ExitStatus.OK if fine else ExitStatus.FAILED)


async def _converse(
    agent: Profile,
    make_call: Callable[[], TypedCall],
    pace: float,
    view: ChatView,
    transcript: Transcript,
    at_terminal: bool,
) -> bool:
    """Have the whole conversation; False when something in it failed."""
    lines, http = Lines(sys.stdin), AsyncExitStack()
    call = make_call()
    call.log.listen(transcript.observed)
    call.log.listen(view.observed)
    conversation = Conversation(call, lines, view, stop_word=agent.interruption.commands[0], pace=pace)
    try:
        if agent.providers.llm.use != "script":
            await http.enter_async_context(http_context.open())  # some plugins want livekit's HTTP session
        await call.start()
        await (conversation.at_terminal(agent.name) if at_terminal else conversation.from_pipe())
    finally:
        lines.close()
        await call.aclose()
        await http.aclose()
    return not call.log.of(Trouble)


@contextmanager
def _saved(path: Path | None) -> Iterator[Transcript]:
    """Give a transcript, and write it to the file when the conversation is over, however it ended."""
    transcript = Transcript()
    if path is None:
        yield transcript
        return
    try:
        create_file(path)
        file = path.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError.single("--transcript", f"cannot be written: {error}") from error
    with file:
        try:
            yield transcript
        finally:
            file.write(storable(transcript.text))
