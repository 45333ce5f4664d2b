import pytest

from callagent.doctor.checks.key_pair import check_keys
from callagent.worker import Connection
from tests.doctor.patients import SECRET, connection, subject

FAR = "wss://voice.example.com"


@pytest.mark.parametrize(
    ("given", "state", "found"),
    [
        (connection(), "ok", "ws://127.0.0.1:7880, API key APIkey"),
        (connection(url=FAR), "ok", FAR),
        (connection(url="ws://livekit:7880", api_key="devkey", api_secret="secret"), "ok", "devkey"),
        (Connection("", "", ""), "failed", "LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET not set"),
        (connection(api_secret=""), "failed", "LIVEKIT_API_SECRET not set"),
        (connection(url="voice.example.com"), "failed", "not a LiveKit URL"),
        (connection(url="ws://["), "failed", "not a LiveKit URL: 'ws://['"),
        (connection(url=f"ws://me:{SECRET}@["), "failed", "holds a user name or a password"),
        (connection(url=FAR, api_key="devkey"), "warning", "everybody knows"),
        (connection(url="ws://voice.example.com"), "warning", "unencrypted"),
        (connection(url=FAR, api_secret="short-one"), "warning", "fewer than 32 characters"),
    ],
)
async def test_the_settings_are_judged(given: Connection, state: str, found: str) -> None:
    finding = await check_keys(subject(given))
    assert (finding.state, found in finding.found) == (state, True)
    assert bool(finding.remedy) == (state != "ok")


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:7880",
        FAR,
        "ws://voice.example.com",
        "x",
        f"wss://me:{SECRET}@a.b",
        f"me:{SECRET}@[",
        f"ws://me:{SECRET}/{SECRET}@a.b",
    ],
)
async def test_the_secret_is_never_told(url: str) -> None:
    finding = await check_keys(subject(connection(url=url)))
    assert SECRET not in finding.found + finding.remedy
