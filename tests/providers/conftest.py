import pytest

from callagent.profile import Profile


@pytest.fixture
def profile() -> Profile:
    return profile_with()


def profile_with(language: str = "en-US", **providers: object) -> Profile:
    return Profile.model_validate(
        {
            "name": "shop",
            "language": language,
            "providers": providers or "local",
            "interruption": {
                "soft_acks": ["okay", "yeah", "uh-huh", "mm-hmm", "uhhuh"],
                "commands": ["stop", "wait", "hold on"],
            },
            "greeting": "Hello, this is the shop.",
            "replies": [{"when": "hours", "say": "From nine to six."}],
            "otherwise": "Pardon?",
        }
    )
