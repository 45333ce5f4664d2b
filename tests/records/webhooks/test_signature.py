"""Webhooks are signed as Standard Webhooks has it, and a forged, changed or old one is told from a genuine one."""

import base64
from collections.abc import Mapping

import pytest

from callagent.records.webhooks.signature import InvalidSignature, key_of, signed, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
NOW = 1614265330
EXAMPLE = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(NOW),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""The example of the specification's libraries."""


def test_the_example_of_the_specification_is_signed_as_there() -> None:
    assert signed([key_of(SECRET)], EXAMPLE["webhook-id"], NOW, BODY) == EXAMPLE


def test_a_genuine_message_gives_its_id_whatever_the_case_of_its_headers() -> None:
    headers = {name.title(): value for name, value in EXAMPLE.items()}
    assert verify(BODY, headers, SECRET, now=NOW + 299) == EXAMPLE["webhook-id"]


def test_a_secret_that_is_no_base64_is_taken_as_it_is() -> None:
    secret = "correct horse battery staple"
    assert verify(BODY, signed([secret.encode()], "msg_1", NOW, BODY), secret, now=NOW) == "msg_1"


def test_while_a_secret_is_replaced_either_is_good() -> None:
    headers = signed([b"the new one", b"the old one"], "msg_1", NOW, BODY)
    for secret in ("the new one", "the old one"):
        assert verify(BODY, headers, secret, now=NOW) == "msg_1"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"webhook-id": "msg_other"}, "no signature"),
        ({"webhook-timestamp": str(NOW + 1)}, "no signature"),
        ({"webhook-signature": "v1,AAAA"}, "no signature"),
        ({"webhook-signature": EXAMPLE["webhook-signature"].replace("v1", "v2")}, "no signature"),
        ({"webhook-signature": "ü,ü"}, "no signature"),
        ({"webhook-signature": ""}, "webhook-signature is missing"),
        ({"webhook-id": ""}, "webhook-id is missing"),
        ({"webhook-timestamp": "yesterday"}, "is no time"),
        ({"webhook-timestamp": "-5"}, "is no time"),
        ({"webhook-timestamp": "9" * 400}, "is no time"),
        ({"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"}, "is no time"),
    ],
)
def test_what_is_not_genuine_is_refused(changed: Mapping[str, str], message: str) -> None:
    with pytest.raises(InvalidSignature, match=message):
        verify(BODY, {**EXAMPLE, **changed}, SECRET, now=NOW)


@pytest.mark.parametrize("now", [NOW - 301, NOW + 301])
def test_what_is_too_old_or_of_the_future_is_refused(now: int) -> None:
    with pytest.raises(InvalidSignature, match="too old"):
        verify(BODY, EXAMPLE, SECRET, now=now)
    assert verify(BODY, EXAMPLE, SECRET, now=now, tolerance_s=600)


def test_another_body_or_another_secret_is_refused() -> None:
    for body, secret in ((BODY + b" ", SECRET), (BODY, "whsec_" + base64.b64encode(b"another one").decode())):
        with pytest.raises(InvalidSignature, match="no signature"):
            verify(body, EXAMPLE, secret, now=NOW)


def test_a_secret_with_broken_base64_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no base64"):
        key_of("whsec_%%%")
