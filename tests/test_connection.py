import pytest

from callagent.livekit_api.connection import InvalidConnection, check_url, resolve_connection


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


def test_an_unencrypted_server_elsewhere_is_refused_unless_the_environment_allows_it() -> None:
    with pytest.raises(InvalidConnection, match=r"^ws://voice\.example\.com is not encrypted"):
        resolve_connection("ws://voice.example.com", "key", "hush", env={})
    allowed = resolve_connection("ws://voice.example.com", "key", "hush", env={"CALLAGENT_INSECURE": "1"})
    assert allowed.url == "ws://voice.example.com"


def test_why_a_file_was_left_out_is_told_where_something_is_missing() -> None:
    with pytest.raises(InvalidConnection, match=r"^two places$"):
        resolve_connection(None, "key", "hush", env={}, left_out="two places")
    assert resolve_connection("wss://a.example", "key", "hush", env={}, left_out="two places").api_key == "key"
