from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callagent.scripted_calls.levels.sip.phone import Credentials, Ending, Phone, SipUri, transaction
from callagent.scripted_calls.levels.sip.phone.message import Message
from tests.support.sip_peer import Peer, peer, reply, within

SDP = "v=0\r\nm=audio 4000 RTP/AVP 0 101\r\n"
PROXY = "<sip:proxy.example.com;lr>"


@asynccontextmanager
async def calling(other: Peer, credentials: Credentials | None = None, *, refer: bool = False) -> AsyncIterator[Phone]:
    phone = await Phone.open(SipUri.parse(f"sip:+12025550100@127.0.0.1:{other.port}"), on_refer=lambda _: refer)
    try:
        phone.call("+12025550123", "the offer", credentials=credentials)
        yield phone
    finally:
        await phone.aclose()


def answers(request: Message) -> list[Message]:
    if request.method == "INVITE":
        contact = "<sip:agent@127.0.0.1:9>"
        return [
            reply(request, 100),
            reply(request, 180),
            reply(request, 200, body=SDP, Contact=contact, Record_Route=PROXY),
        ]
    return [] if request.method == "ACK" else [reply(request, 200)]


def rings(request: Message) -> list[Message]:
    return [reply(request, 180 if request.method == "INVITE" else 200)]


async def test_a_call_that_is_answered_is_acknowledged_where_the_answer_says() -> None:
    async with peer(answers) as other, calling(other) as phone:
        assert await phone.answered == SDP
        ack = await other.request("ACK")
        assert phone.ringing.is_set()
    invite = other.received[0]
    assert (invite.body, invite.get("from").startswith("<sip:+12025550123@127.0.0.1:")) == ("the offer", True)
    assert ack.start.split()[1] == "sip:agent@127.0.0.1:9"
    assert (ack.get("route"), ack.get("cseq"), ack.get("to").endswith("tag=theirs")) == (PROXY, "1 ACK", True)


async def test_hanging_up_is_a_bye_with_the_next_number_and_an_end() -> None:
    async with peer(answers) as other, calling(other) as phone:
        await phone.answered
        await phone.hang_up()
        assert await phone.ended == Ending(by_us=True)
    assert other.methods() == ["INVITE", "ACK", "BYE"]
    assert other.received[-1].get("cseq") == "2 BYE"


async def test_a_bye_of_the_other_side_is_answered_and_ends_the_call() -> None:
    async with peer(answers) as other, calling(other) as phone:
        await phone.answered
        other.send(within(other.received[0], "BYE", other.port))
        assert await phone.ended == Ending(by_us=False)
        assert (await other.response("BYE")).status == 200
    assert "BYE" not in other.methods()


@pytest.mark.parametrize(("status", "reason"), [(486, "Busy Here"), (603, "Decline"), (404, "Not Found")])
async def test_a_refusal_is_acknowledged_and_ends_the_call_with_its_status(status: int, reason: str) -> None:
    def refuses(request: Message) -> list[Message]:
        return [reply(request, status, reason)] if request.method == "INVITE" else []

    async with peer(refuses) as other, calling(other) as phone:
        assert await phone.ended == Ending(by_us=False, status=status, reason=f"{status} {reason}")
        ack = await other.request("ACK")
    assert ack.branch == other.received[0].branch
    assert phone.answered.cancelled()


async def test_giving_up_while_it_rings_is_a_cancel_of_the_same_transaction() -> None:
    def cancelled(request: Message) -> list[Message]:
        if request.method != "CANCEL":
            return rings(request) if request.method == "INVITE" else []
        return [reply(request, 200), reply(other.received[0], 487, "Request Terminated")]

    async with peer(cancelled) as other, calling(other) as phone:
        await phone.ringing.wait()
        await phone.hang_up()
        assert (await phone.ended).by_us
        await other.request("ACK")
    assert other.methods() == ["INVITE", "CANCEL", "ACK"]
    assert len({message.branch for message in other.received}) == 1


async def test_a_challenge_is_answered_once() -> None:
    challenge = 'Digest realm="trunk", nonce="abc", qop="auth"'

    def challenges(request: Message) -> list[Message]:
        if request.method != "INVITE":
            return answers(request)
        return answers(request) if request.get("authorization") else [reply(request, 401, WWW_Authenticate=challenge)]

    async with peer(challenges) as other, calling(other, Credentials("me", "hunter2")) as phone:
        await phone.answered
    assert other.methods()[:3] == ["INVITE", "ACK", "INVITE"]
    first, second = (message for message in other.received if message.method == "INVITE")
    assert (first.get("cseq"), second.get("cseq")) == ("1 INVITE", "2 INVITE")
    assert 'username="me"' in second.get("authorization") and "hunter2" not in bytes(second).decode()


async def test_wrong_credentials_end_the_call() -> None:
    def never(request: Message) -> list[Message]:
        challenge = reply(request, 407, "Who Are You", Proxy_Authenticate='Digest realm="x", nonce="y"')
        return [challenge] if request.method == "INVITE" else []

    async with peer(never) as other, calling(other, Credentials("me", "wrong")) as phone:
        assert (await phone.ended).status == 407
    assert other.methods().count("INVITE") == 2


async def test_a_lost_request_is_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "T1_S", 0.02)

    def second_time(request: Message) -> list[Message]:
        return answers(request) if other.methods().count("INVITE") > 1 else []

    async with peer(second_time) as other, calling(other) as phone:
        await phone.answered
    assert other.methods()[:2] == ["INVITE", "INVITE"]


async def test_nobody_there_is_told_with_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "FIRST_ANSWER_S", 0.05)
    async with peer(lambda request: []) as other, calling(other) as phone:
        ending = await phone.ended
    assert (ending.status, ending.reason) == (408, f"no answer to INVITE from 127.0.0.1:{other.port}")


async def test_an_answer_that_comes_again_is_acknowledged_again() -> None:
    async with peer(answers) as other, calling(other) as phone:
        await phone.answered
        other.send(reply(other.received[0], 200, body=SDP))
        await other.wait_for(lambda _: other.methods().count("ACK") == 2)


@pytest.mark.parametrize(("follow", "status"), [(True, 202), (False, 603)])
async def test_a_transfer_is_followed_or_refused(follow: bool, status: int) -> None:
    async with peer(answers) as other, calling(other, refer=follow) as phone:
        await phone.answered
        other.send(within(other.received[0], "REFER", other.port, Refer_To="<tel:+12025550199>"))
        assert (await other.response("REFER")).status == status
        if follow:
            assert "200 OK" in (await other.request("NOTIFY")).body
    assert ("NOTIFY" in other.methods()) == follow


@pytest.mark.parametrize(("method", "status"), [("OPTIONS", 200), ("INFO", 200), ("INVITE", 200), ("PUBLISH", 405)])
async def test_other_requests_within_the_call_are_answered(method: str, status: int) -> None:
    async with peer(answers) as other, calling(other) as phone:
        await phone.answered
        other.send(within(other.received[0], method, other.port))
        assert (await other.response(method)).status == status
        assert not phone.ended.done()


async def test_strangers_do_not_end_the_call() -> None:
    async with peer(answers) as other, calling(other) as phone:
        await phone.answered
        stranger = within(other.received[0], "BYE", other.port)
        stranger.headers = [(name, "other" if name == "Call-ID" else value) for name, value in stranger.headers]
        other.send(stranger)
        other.send(Message("nonsense"))
        assert (await other.response("BYE")).status == 481
        assert not phone.ended.done()


async def test_a_telephone_that_fails_ends_the_call_at_once_and_says_so() -> None:
    async with peer(answers) as other:
        phone = await Phone.open(SipUri.parse(f"sip:+12025550100@127.0.0.1:{other.port}"))
        phone.call("no text: \ud800", "the offer")
        ended = await phone.ended
        with pytest.raises(UnicodeEncodeError):
            await phone.aclose()
    assert (ended.by_us, ended.status, ended.reason) == (False, 500, "the telephone failed: UnicodeEncodeError")
