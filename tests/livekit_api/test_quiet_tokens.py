import jwt
import pytest

from callagent.livekit_api.connection import quieten


@pytest.mark.parametrize("secret", ["secret", "shorter than 32 bytes"])
def test_a_short_secret_is_not_remarked_upon_at_every_token(secret: str, recwarn: pytest.WarningsRecorder) -> None:
    quieten()
    jwt.encode({}, secret, algorithm="HS256")
    assert recwarn.list == []
