"""Where a worker listens: the options of `serve` and `doctor` for its health and metrics endpoints."""

import functools
import ipaddress
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from callagent.worker import HEALTH_PORT, METRICS_HOST

VARIABLE = "CALLAGENT_SIP_URI"
"""Where the level finds it; the same as `callagent.scripted_calls.levels.sip.URI_VARIABLE`, whose import is slow."""


def sip_uri_option(command: Any) -> Any:
    """``--sip-uri URI``; the command gets nothing, the level finds it in the environment."""
    return click.option(
        "--sip-uri",
        metavar="URI",
        envvar=VARIABLE,
        expose_value=False,
        callback=_keep,
        help=f"Level sip: call the agent at this address instead of one of our own, or {VARIABLE}.",
    )(command)


def _keep(context: click.Context, param: click.Parameter, uri: str | None) -> None:
    if not uri or context.resilient_parsing:
        return
    from callagent.scripted_calls.levels.sip import InvalidUri, SipUri

    try:
        os.environ[VARIABLE] = SipUri.parse(uri).text
    except InvalidUri as error:
        raise click.BadParameter(str(error), context, param) from None


EVERYWHERE = ""
"""Every interface of the machine, IPv4 and IPv6."""

LOOPBACK = "127.0.0.1"
_NAME = re.compile(r"(?=.{1,253}\Z)(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?", re.ASCII)
_NUMBERS = re.compile(r"[\d.]+|0[xX][\da-fA-F.xX]*")


@dataclass(frozen=True)
class Endpoints:
    """Addresses and ports, as `WorkerConfig` has them."""

    host: str
    port: int
    metrics_host: str
    metrics_port: int | None


def listening_host(context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Return the address or name of an interface that an option gives; without
    brackets, and never nothing: that is all.
    """
    if text is None:
        return None
    host = text.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    if _NUMBERS.fullmatch(host) or not _NAME.fullmatch(host):
        raise click.BadParameter(
            f"{text!r} is not the address of an interface of this machine: 127.0.0.1, ::1, or 0.0.0.0 for all of them."
        )
    return host


def endpoint_options(command: Callable[..., Any]) -> Any:
    """``--host``, ``--port``, ``--metrics-host``, ``--metrics-port``; the command gets `endpoints` and `dev`."""

    @functools.wraps(command)
    def with_endpoints(
        *arguments: Any,
        host: str | None,
        port: int | None,
        metrics_host: str,
        metrics_port: int | None,
        dev: bool,
        **options: Any,
    ) -> Any:
        if host is None:
            host = LOOPBACK if dev else EVERYWHERE
        if port is None:
            port = 0 if dev else HEALTH_PORT
        endpoints = Endpoints(host, port, metrics_host, metrics_port)
        return command(*arguments, endpoints=endpoints, dev=dev, **options)

    host, port = functools.partial(click.option, callback=listening_host, metavar="ADDRESS"), click.IntRange
    for option in (
        click.option("--metrics-port", type=port(1, 65535), help="Prometheus endpoint, /metrics. [default: none]"),
        host("--metrics-host", default=METRICS_HOST, show_default=True, help="Interface of the Prometheus endpoint."),
        click.option("--port", type=port(0, 65535), help=f"Health endpoint. [default: {HEALTH_PORT}; --dev: any]"),
        host("--host", help=f"Interface of the health endpoint. [default: all; --dev: {LOOPBACK}]"),
    ):
        with_endpoints = option(with_endpoints)
    return with_endpoints
