"""The ``callagent`` command: finds the subcommand, reads ``.env``, sets up logging, reports configuration errors."""

import os
from pathlib import Path

import click

from callagent import __version__
from callagent.cli.lazy_group import LazyGroup
from callagent.cli.logs import LEVELS, setup_logging
from callagent.cli.output import ExitStatus, echo_lines, harmless

COMMANDS = {
    "call": ("callagent.cli.commands.call:call", "Run scripted calls, or be the caller (--mic)."),
    "chat": ("callagent.cli.commands.chat:chat", "Talk to the agent by typing."),
    "console": ("callagent.cli.commands.console:console", "Show calls in a browser, as they go."),
    "dev": ("callagent.cli.commands.author.dev:dev", "Answer calls, and take what you change for the next one."),
    "dial": ("callagent.cli.commands.dial:dial", "Call a number, or a list of numbers."),
    "dnc": ("callagent.cli.commands.dnc:dnc", "Keep the do-not-call list."),
    "doctor": ("callagent.cli.commands.doctor:doctor", "Look whether everything is there that a call needs."),
    "new": ("callagent.cli.commands.author.new:new", "Make a project of your own: profile, Python, calls, tests."),
    "profile": ("callagent.cli.commands.profile:profile", "List, show and check profiles."),
    "records": ("callagent.cli.commands.records:records", "Look at calls that are over."),
    "serve": ("callagent.cli.commands.serve:serve", "Answer calls from a LiveKit server."),
    "sip": (
        "callagent.cli.commands.sip:sip",
        "Make the trunks and dispatch rules of a LiveKit server what a file says.",
    ),
}
"""Name of a command -> where it is, and its line in the help; a command is imported only when it runs."""


class MainGroup(LazyGroup):
    """The group of all commands; it turns what users do wrong into exit statuses."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; an unknown one is a usage error with the nearest name."""
        # Loading pydantic takes longer than all that `callagent --help` does.
        from callagent.yaml_config import nearest

        close = nearest(args[0], self.table) if args and args[0] not in self.table else None
        if close is not None:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{close}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command. A ConfigError is a line per problem on stderr and status 2, Ctrl-C is status 130."""
        from callagent.yaml_config import ConfigError

        try:
            return super().invoke(ctx)
        except ConfigError as error:
            echo_lines(error, err=True)
            raise click.exceptions.Exit(ExitStatus.INVALID) from error
        except click.ClickException as error:
            raise harmless(error) from error.__cause__
        except KeyboardInterrupt as interrupt:
            raise click.exceptions.Exit(ExitStatus.INTERRUPTED) from interrupt


@click.group(
    cls=MainGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="callagent")
@click.option("--log-level", type=click.Choice(LEVELS), help="What to log. [default: LIVEKIT_LOG_LEVEL, else warning]")
@click.option("--show-pii", is_flag=True, help="Show phone numbers and transcripts in the log.")
@click.pass_context
def main(context: click.Context, log_level: str | None, show_pii: bool) -> None:
    """Run a phone agent that tells an acknowledgement from an interruption.

    Reads .env of the working directory, or of its nearest parent that has one, up to the repository's root or the home
    directory; what the environment already has stays as it is.
    """
    from callagent.cli.environment import find_env_file, read_env_file
    from callagent.cli.environment import log_level as level_of
    from callagent.concurrency import wait_for_native_callbacks_at_exit

    wait_for_native_callbacks_at_exit()
    found = find_env_file(Path.cwd())
    context.obj = read_env_file(found) if found else None
    setup_logging(level_of(log_level, os.environ, "warning"), show_pii=show_pii)
    if context.obj:
        context.obj.log()
