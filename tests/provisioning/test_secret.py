import pytest

from callagent.provisioning import Fingerprints
from callagent.provisioning.secret import NO_SECRET, Secret, is_masked

ONE = Fingerprints("api-secret")


def test_a_secret_does_not_show() -> None:
    secret = Secret("hunter22")
    assert "hunter22" not in f"{secret} {secret!r} {[secret]}"
    assert secret == Secret("hunter22") != Secret("other")
    assert secret and not NO_SECRET


def test_a_digest_is_of_one_secret_under_one_api_secret() -> None:
    digest = ONE.make(Secret("hunter22"))
    assert ONE.match(digest, Secret("hunter22")) and not ONE.match(digest, Secret("hunter23"))
    assert not Fingerprints("other").match(digest, Secret("hunter22"))
    assert Fingerprints("api-secret").match(digest, Secret("hunter22"))


def test_digests_do_not_tell_that_two_passwords_are_the_same() -> None:
    assert ONE.make(Secret("hunter22")) != ONE.make(Secret("hunter22"))


@pytest.mark.parametrize("digest", ["", "1", "1.a", "1.a.b", "2.a.b", "1.ä.ö", "x" * 1000])
def test_a_digest_that_is_none_matches_nothing(digest: str) -> None:
    assert not ONE.match(digest, Secret("hunter22"))


@pytest.mark.parametrize(
    ("text", "masked"), [("****", True), ("••••", True), ("<redacted>", True), ("", False), ("hunter22", False)]
)
def test_masks_are_known(text: str, masked: bool) -> None:
    assert is_masked(text) is masked
