import pytest
from hypothesis import given
from hypothesis import strategies as st

from callagent.scripted_calls.levels.sip.phone.message import Credentials, Message, authorization
from callagent.scripted_calls.levels.sip.phone.sdp import InvalidSdp, Media, answered_media, offer
from callagent.scripted_calls.levels.sip.phone.uri import InvalidUri, SipUri, tag_of, uri_of

INVITE = (
    b"INVITE sip:bob@example.com SIP/2.0\r\nv: SIP/2.0/UDP a:1;branch=z9hG4bK1, SIP/2.0/UDP b:2;branch=z9hG4bK2\r\n"
    b'f: "Bell, Alexander" <sip:a.g.bell@bell-tel.com>;tag=a48s\r\nTo: <sip:bob@example.com>\r\ni: 1@a\r\n'
    b"Subject: a long\r\n one\r\nCSeq: 4711 INVITE\r\nl: 4\r\n\r\nbody"
)


def test_compact_names_lists_and_folded_lines_are_read() -> None:
    message = Message.parse(INVITE)
    assert (message.method, message.branch, len(message.all("Via"))) == ("INVITE", "z9hG4bK1", 2)
    assert (message.get("SUBJECT"), message.get("call-id"), message.body) == ("a long one", "1@a", "body")
    assert tag_of(message.get("from")) == "a48s"
    assert uri_of(message.get("from")) == "sip:a.g.bell@bell-tel.com"


def test_what_is_written_can_be_read_again() -> None:
    message = Message.request("BYE", "sip:x", [("Via", "SIP/2.0/UDP a:1;branch=z9hG4bK1"), ("CSeq", "2 BYE")], "é")
    again = Message.parse(bytes(message))
    assert (again.start, again.body, again.get("content-length")) == ("BYE sip:x SIP/2.0", "é", "2")


@given(st.binary(max_size=300))
def test_nothing_but_a_message_is_one(data: bytes) -> None:
    try:
        message = Message.parse(data)
    except ValueError:
        return
    assert message.is_response or message.method


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"SIP/2.0 abc OK\r\n\r\n", b"SIP/2.0 \r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_other_protocols_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a SIP message"):
        Message.parse(data)


def test_the_digest_is_that_of_rfc_2617() -> None:
    challenge = Message(
        "SIP/2.0 401 Unauthorized",
        [
            (
                "WWW-Authenticate",
                'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc"',
            )
        ],
    )
    name, value = authorization(challenge, "GET", "/dir/index.html", Credentials("Mufasa", "Circle Of Life")) or (
        "",
        "",
    )
    assert (name, 'response="670fd8c2df070c60b045671b8b24ff02"' in value) == ("Authorization", True)
    assert 'opaque="5ccc"' in value


@pytest.mark.parametrize(
    "asked", ["Basic realm=x", 'Digest algorithm=MD4, nonce="a"', 'Digest qop="auth-int", nonce="a"']
)
def test_a_challenge_of_another_kind_is_not_answered(asked: str) -> None:
    challenge = Message("SIP/2.0 407 Proxy", [("Proxy-Authenticate", asked)])
    assert authorization(challenge, "INVITE", "sip:x", Credentials("a", "b")) is None


def test_an_offer_answers_itself() -> None:
    assert answered_media(offer("192.0.2.1", 4000, "pcma"), "pcma") == Media("192.0.2.1", 4000, 8, 101)
    assert answered_media(offer("2001:db8::1", 4000, "pcmu"), "pcmu").host == "2001:db8::1"


ANSWER = "v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio {}\r\n{}"


@pytest.mark.parametrize(
    ("answer", "media"),
    [
        (ANSWER.format("5000 RTP/AVP 0", ""), Media("10.0.0.1", 5000, 0, None)),
        (
            ANSWER.format("5000 RTP/AVP 0 96", "c=IN IP4 10.0.0.2\r\na=rtpmap:96 telephone-event/8000\r\n"),
            Media("10.0.0.2", 5000, 0, 96),
        ),
    ],
)
def test_answers_are_read(answer: str, media: Media) -> None:
    assert answered_media(answer, "pcmu") == media


@pytest.mark.parametrize(
    "answer",
    ["", ANSWER.format("0 RTP/AVP 0", ""), ANSWER.format("5000 RTP/AVP 9", ""), "v=0\r\nm=audio 5000 RTP/AVP 0\r\n"],
)
def test_answers_without_usable_audio_are_refused(answer: str) -> None:
    with pytest.raises(InvalidSdp):
        answered_media(answer, "pcmu")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("sip:+12025550100@pbx.example.com", "pbx.example.com", 5060),
        ("sip:100@10.0.0.1:5080;transport=udp", "10.0.0.1", 5080),
        ("sip:[::1]:5070", "::1", 5070),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int) -> None:
    assert (SipUri.parse(text).host, SipUri.parse(text).port) == (host, port)


@pytest.mark.parametrize(
    "text",
    ["", "+12025550100", "tel:+12025550100", "sips:a@b", "sip:a@b:0", "sip:a@b;transport=tls", "sip:a b@c", "sip:"],
)
def test_what_cannot_be_called_is_refused(text: str) -> None:
    with pytest.raises(InvalidUri):
        SipUri.parse(text)
