import pytest

from callagent.sanitise import masked
from callagent.yaml_config import Problem


def test_masking_hides_secrets_and_nothing_else() -> None:
    shown = masked({"apiKey": "s", "secret": ["s"], "password": 1, "url": "https://me:s@host/x", "monkey": "ok"})
    assert shown == {"apiKey": "***", "secret": "***", "password": "***", "url": "https://***@host/x", "monkey": "ok"}


def test_a_reference_to_the_environment_is_no_secret() -> None:
    assert masked({"api_key": "${KEY}", "token": None}) == {"api_key": "${KEY}", "token": None}


@pytest.mark.parametrize(
    "name",
    [
        *("key", "api_key", "api-key", "apikey", "subscription-key", "token", "access_token", "sig", "X-Amz-Signature"),
        *(
            "secret",
            "client_secret",
            "password",
            "PASSWORD",
            "pwd",
            "auth",
            "code",
            "jwt",
            "api%5Fkey",
            "%6bey",
            "authToken",
        ),
    ],
)
@pytest.mark.parametrize("mark", ["?", "&", ";", "#"])
def test_secrets_in_the_query_of_an_address_are_masked_wherever_it_stands(name: str, mark: str) -> None:
    address = f"https://host/x?a=1{mark}{name}=s3cret&b=2"
    assert masked({"url": [address]}) == {"url": [f"https://host/x?a=1{mark}{name}=***&b=2"]}
    assert "s3cret" not in str(Problem("x.yaml", 1, "url", f"cannot reach {address}, 404"))


@pytest.mark.parametrize("query", ["?model=tiny&keyboard=de&language=en", "?key=${KEY}", "?", "?key=", "?a;b&c=d"])
def test_what_is_no_secret_in_a_query_stays(query: str) -> None:
    assert masked(f"https://host/x{query}") == f"https://host/x{query}"


def test_a_key_of_a_telephone_is_no_secret() -> None:
    keys = {"key": "#", "begin_key": "*", "api_key": "sk-1"}
    assert masked(keys) == {"key": "#", "begin_key": "*", "api_key": "***"}
    assert masked({"key": "off"}) == {"key": "off"}
