"""``--sip-uri``: whom scripted calls of the level sip call."""

import os
from typing import Any

import click

VARIABLE = "CALLAGENT_SIP_URI"
"""Where the level finds it; the same as `callagent.calls.sip.URI_VARIABLE`, whose import is slow."""


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
    from callagent.calls.sip import InvalidUri, SipUri

    try:
        os.environ[VARIABLE] = SipUri.parse(uri).text
    except InvalidUri as error:
        raise click.BadParameter(str(error), context, param) from None
