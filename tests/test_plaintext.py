import pytest

from callagent.plaintext import INSECURE_VARIABLE, exposed_message, host_of, insecure_allowed, is_exposed


@pytest.mark.parametrize(
    "url",
    [
        "ws://voice.example.com",
        "WS://voice.example.com:7880",
        "http://10.0.0.1:7880",
        " http://192.168.1.2/v1",
        "http://[fd00::1]:80/",
        "ws://livekit:7880",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com/",
        "http://0.0.0.0.nip.io",
        "http://128.0.0.1",
    ],
)
def test_what_another_machine_gets_unencrypted_is_exposed(url: str) -> None:
    assert is_exposed(url)


@pytest.mark.parametrize(
    "url",
    [
        "wss://voice.example.com",
        "https://10.0.0.1/v1",
        "ws://localhost:7880",
        "http://LOCALHOST.:80",
        "http://a.localhost",
        "ws://127.0.0.1:7880",
        "http://127.8.9.10/v1",
        "http://[::1]:8000/v1",
        "http://[::ffff:127.0.0.1]/",
        "nova-3",
        "",
        "http://",
        "http://[",
    ],
)
def test_what_is_encrypted_stays_here_or_is_no_url_is_not(url: str) -> None:
    assert not is_exposed(url)


def test_the_message_has_neither_user_nor_query() -> None:
    message = exposed_message("http://me:secret@example.com/v1?key=secret")
    assert message.startswith("http://example.com is not encrypted: ")
    assert "write https://" in message
    assert "secret" not in message


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("TRUE", True), ("0", False), ("", False), ("no", False)])
def test_the_environment_can_allow_it(value: str, allowed: bool) -> None:
    assert insecure_allowed({INSECURE_VARIABLE: value}) == allowed


def test_the_host_of_what_is_no_url_is_nothing() -> None:
    assert (host_of("https://A.example/x"), host_of("x"), host_of("http://[")) == ("a.example", None, None)
