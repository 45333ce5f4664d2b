import pytest

from callagent.worker import InvalidWorker, WorkerConfig, resolve_connection

DEVELOPMENT = ("ws://127.0.0.1:7880", "devkey", "secret")
PRODUCTION = {
    "LIVEKIT_URL": "wss://voice.example.com",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "hush",
}


def triple(
    url: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    *,
    dev: bool = False,
    env: dict[str, str] | None = None,
) -> tuple[str, str, str]:
    connection = resolve_connection(url, key, secret, dev=dev, env=env or {})
    return connection.url, connection.api_key, connection.api_secret


def test_the_environment_names_the_server() -> None:
    assert triple(env=PRODUCTION) == ("wss://voice.example.com", "key", "hush")


def test_an_option_wins_over_the_environment() -> None:
    assert triple("wss://other:7880", env=PRODUCTION) == ("wss://other:7880", "key", "hush")


def test_development_mode_is_the_server_on_this_machine_whatever_the_environment_says() -> None:
    assert triple(dev=True, env=PRODUCTION) == DEVELOPMENT


def test_development_mode_at_another_url_takes_the_keys_of_the_environment() -> None:
    env = {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "hush"}
    assert triple("ws://127.0.0.1:9000", dev=True, env=env) == ("ws://127.0.0.1:9000", "key", "hush")
    assert triple("ws://127.0.0.1:9000", dev=True) == ("ws://127.0.0.1:9000", "devkey", "secret")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(InvalidWorker, match="LIVEKIT_API_KEY and LIVEKIT_API_SECRET not set"):
        triple("ws://127.0.0.1:7880")


@pytest.mark.parametrize("url", ["127.0.0.1:7880", "ftp://voice.example.com", "ws://", "livekit"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidWorker, match="not a LiveKit URL"):
        WorkerConfig(url=url, api_key="key", api_secret="hush", max_calls=1)


def test_the_secret_does_not_show() -> None:
    config = WorkerConfig(url="ws://127.0.0.1:7880", api_key="key", api_secret="hush", max_calls=1)
    assert "hush" not in repr(config)
    assert "hush" not in repr(resolve_connection("ws://127.0.0.1:7880", "key", "hush", dev=False, env={}))
