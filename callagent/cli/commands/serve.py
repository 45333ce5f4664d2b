"""`callagent serve`: answer the calls that a livekit-server dispatches."""

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from callagent.cli.endpoints import Endpoints, endpoint_options
from callagent.cli.environment import EnvFile, left_out_of_env_file
from callagent.cli.environment import log_level as level_of
from callagent.cli.logs import LEVELS, setup_logging
from callagent.cli.options import Length, database_option, server_options, sets_option
from callagent.cli.output import ExitStatus, echo
from callagent.cli.recording_place import kept_at, recordings_option
from callagent.profile import list_profiles
from callagent.profile.paths import named_location
from callagent.providers import load_usable
from callagent.recording import Destination
from callagent.records.prices import VARIABLE as PRICES_VARIABLE
from callagent.records.prices import load_prices
from callagent.records.webhooks.settings import VARIABLE as WEBHOOKS_VARIABLE
from callagent.records.webhooks.settings import load_webhooks
from callagent.telephony import NO_ROUTES, Routes, load_routes
from callagent.worker import (
    AGENT_NAME,
    DEFAULT_PROFILE,
    InvalidWorker,
    Reloaded,
    ServerUnavailable,
    WorkerConfig,
    WorkerFailed,
    default_max_calls,
    resolve_connection,
)
from callagent.worker import serve as run_worker
from callagent.worker.call.tracing import check_collector
from callagent.yaml_config import ConfigError, nearest

Command = Callable[..., None]
Decorator = Callable[[Command], Command]


def collector(context: click.Context, parameter: click.Parameter, url: str | None) -> str | None:
    """Return the address of an OTLP collector."""
    try:
        return None if url is None else check_collector(url)
    except ValueError as error:
        raise click.BadParameter(f"{url!r} {error}") from None


KEEPING: tuple[Decorator, ...] = (
    click.option(
        "--keep-calls/--no-keep-calls",
        default=True,
        help="Whether calls are kept in the records database: what was said, decided and done.  [default: kept]",
    ),
    click.option(
        "--prices",
        "prices_file",
        envvar=PRICES_VARIABLE,
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"What models cost, for the cost of calls; or {PRICES_VARIABLE}.",
    ),
    click.option(
        "--webhooks",
        "webhooks_file",
        envvar=WEBHOOKS_VARIABLE,
        type=click.Path(dir_okay=False, path_type=Path),
        help=f"Endpoints that are told of calls; or {WEBHOOKS_VARIABLE}.",
    ),
)
"""Options of what is kept of calls."""

OTLP = click.option(
    "--otlp",
    metavar="URL",
    callback=collector,
    help="Collector (OTLP over HTTP) of a trace of each call; or OTEL_EXPORTER_OTLP_ENDPOINT.",
)


def serving_options(*own: Decorator, level: str) -> Decorator:
    """Return the options of a command that answers calls, in the order of its help.

    Args:
        own: those that stand behind the connection to the server.
        level: the level of its log, where nothing says another.
    """
    options: list[Decorator] = [
        click.option(
            "--profile", default=DEFAULT_PROFILE, show_default=True, help="Profile of a call that names none."
        ),
        click.option(
            "--profile-file",
            "profile_files",
            type=click.Path(exists=True, dir_okay=False, resolve_path=True),
            multiple=True,
            help="Another profile that calls may name, by its path. May be repeated.",
        ),
        server_options,
        *own,
        click.option("--agent-name", default=AGENT_NAME, show_default=True, help="Name that a dispatch rule asks for."),
        click.option(
            "--records",
            type=click.Path(file_okay=False, path_type=Path),
            help="Directory of the records and journals of calls.",
        ),
        database_option,
        *KEEPING,
        recordings_option,
        OTLP,
        click.option(
            "--routes",
            "routes_file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Profiles by number and country.",
        ),
        click.option(
            "--drain",
            default="1 h",
            show_default=True,
            type=Length(),
            help="Time for the calls after the first signal.",
        ),
        click.option(
            "--log-level", type=click.Choice(LEVELS), help=f"What to log. [default: LIVEKIT_LOG_LEVEL, else {level}]"
        ),
        sets_option,
    ]

    def decorated(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorated


@click.command()
@serving_options(
    click.option(
        "--dev", is_flag=True, help="Development: `livekit-server --dev` on this machine; calls may be scripted."
    ),
    click.option("--max-calls", type=click.IntRange(1), help="Calls at the same time. [default: by cores and memory]"),
    endpoint_options,
    level="info",
)
@click.pass_context
def serve(context: click.Context, /, log_level: str | None, **asked: Any) -> None:
    """Answer calls until SIGINT or SIGTERM.

    The first signal lets the calls in progress come to their end, for as long as `--drain` says; then their agents say
    a last sentence and hang up. A second signal hangs up at once.
    """
    set_up_log(context, log_level)
    answer_calls(Serving(**asked))


@dataclass(frozen=True)
class Serving:
    """What a command that answers calls was asked to do, as its options have it."""

    profile: str
    profile_files: tuple[str, ...]
    url: str | None
    api_key: str | None
    api_secret: str | None = field(repr=False)
    dev: bool
    max_calls: int | None
    endpoints: Endpoints
    agent_name: str
    records: Path | None
    database: str | None = field(repr=False)
    keep_calls: bool
    otlp: str | None
    prices_file: Path | None
    recordings: Destination | None
    webhooks_file: Path | None
    routes_file: Path | None
    drain: float
    sets: tuple[str, ...]
    reload: bool = False


def answer_calls(asked: Serving, on_change: Callable[[Reloaded], None] = lambda _: None) -> None:
    """Answer calls until a signal comes.

    Args:
        on_change: told of changes of the author's files, where these are to be watched.

    Raises:
        ConfigError: a profile or the routes cannot be used.
        click.exceptions.Exit: the worker cannot start or go on; a line on stderr says why.
    """
    default = load_usable(asked.profile, sets=asked.sets)
    for file in asked.profile_files:
        load_usable(Path(file), sets=asked.sets)
    routes = NO_ROUTES if asked.routes_file is None else load_routes(asked.routes_file)
    check_routes(routes, asked.routes_file, asked.sets)
    local_models = "local" in (default.providers.stt.use, default.providers.tts.use)
    try:
        connection = resolve_connection(
            asked.url, asked.api_key, asked.api_secret, dev=asked.dev, env=os.environ, left_out=left_out_of_env_file()
        )
        config = WorkerConfig(
            url=connection.url,
            api_key=connection.api_key,
            api_secret=connection.api_secret,
            max_calls=asked.max_calls or default_max_calls(local_models=local_models),
            profile=asked.profile,
            profile_files=asked.profile_files,
            sets=asked.sets,
            routes=routes,
            agent_name=asked.agent_name,
            host=asked.endpoints.host,
            port=asked.endpoints.port,
            metrics_host=asked.endpoints.metrics_host,
            metrics_port=asked.endpoints.metrics_port,
            records=asked.records,
            database=named_location(asked.database),
            keep_calls=asked.keep_calls,
            prices=load_prices(asked.prices_file),
            recordings=kept_at(asked.recordings),
            webhooks=load_webhooks(asked.webhooks_file),
            otlp=asked.otlp,
            drain=asked.drain,
            dev=asked.dev,
            reload=asked.reload,
        )
        asyncio.run(run_worker(config, on_ready=lambda: _announce(config), on_change=on_change))
    except InvalidWorker as error:
        _fail(error, ExitStatus.INVALID)
    except ServerUnavailable as error:
        _fail(error, ExitStatus.UNAVAILABLE)
    except WorkerFailed as error:
        _fail(error, ExitStatus.SOFTWARE)


def check_routes(routes: Routes, file: Path | None, sets: tuple[str, ...]) -> None:
    """Raise ConfigError when a profile that is routed to cannot be used, which a call would find out too late."""
    known = {summary.name for summary in list_profiles()}
    for name in sorted(routes.profiles):
        if name not in known:
            raise ConfigError.single(str(file), f"unknown profile {name!r}", nearest=nearest(name, known))
        load_usable(name, sets=sets)


def set_up_log(context: click.Context, option: str | None, otherwise: str = "info") -> None:
    """Log from the level of the option on; what the group has read from a file was not logged at its own level."""
    root = context.find_root()
    level = level_of(option or root.params.get("log_level"), os.environ, otherwise)
    told = logging.getLogger("callagent.cli").isEnabledFor(logging.INFO)
    setup_logging(level, show_pii=root.params.get("show_pii", False))
    quieten_media_engine(level)
    if isinstance(root.obj, EnvFile) and not told:
        root.obj.log()


def quieten_media_engine(level: str) -> None:
    """livekit-rtc narrates at info; of livekit only the agent framework speaks at the level that was asked for."""
    if level != "debug":
        logging.getLogger("livekit").setLevel(logging.WARNING)
        logging.getLogger("livekit.agents").setLevel(level.upper())


def _announce(config: WorkerConfig) -> None:
    calls = "1 call" if config.max_calls == 1 else f"{config.max_calls} calls"
    echo(f"ready: agent {config.agent_name} at {config.url}, up to {calls} at a time")


def _fail(error: Exception, status: ExitStatus) -> None:
    echo(error, err=True)
    raise click.exceptions.Exit(status)
