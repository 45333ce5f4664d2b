"""Asking livekit-server: how long it may take, and what may come instead of an answer."""

import asyncio

import aiohttp
from google.protobuf.message import DecodeError
from livekit import api

REQUEST_TIMEOUT_S = 5.0
"""How long livekit-server may take for an answer, in seconds."""

REQUEST_ERRORS: tuple[type[Exception], ...] = (api.ServerError, aiohttp.ClientError, TimeoutError, DecodeError)
"""What a request raises that came to nothing; DecodeError where something else answers, such as a proxy."""


def in_time() -> asyncio.Timeout:
    """The limit of one request that does not dial. livekit-api 1.2 sends those without the time-out of its session."""
    return asyncio.timeout(REQUEST_TIMEOUT_S)
