import pytest

from callagent.connection import InvalidConnection, check_url, resolve_connection


def test_a_command_without_development_mode_does_not_mention_it() -> None:
    with pytest.raises(InvalidConnection) as error:
        resolve_connection(None, "key", None, env={})
    assert str(error.value) == "LIVEKIT_URL and LIVEKIT_API_SECRET not set (or use --url, --api-key, --api-secret)"


@pytest.mark.parametrize("url", ["", "voice.example.com", "ws://", "ftp://a", "ws://a:0", "ws://a:99999", "ws://[::1"])
def test_what_is_no_url_is_one_line(url: str) -> None:
    with pytest.raises(InvalidConnection, match=r"^not a LiveKit URL: "):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "ws://user:hunter2@127.0.0.1:9",
        "wss://hunter2@voice.example.com",
        "https://user:hunter2@",
        "user:hunter2@voice.example.com",
        "ws://user:hunter2@[",
        "ws://user:hunter2@host:99999",
        "ws://@host",
    ],
)
def test_a_password_in_the_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InvalidConnection, match=r"^the LiveKit URL holds a user name or a password") as error:
        check_url(url)
    assert "hunter2" not in str(error.value)
