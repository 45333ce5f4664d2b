"""What exists on a server is asked for in three requests at once."""

import pytest

from callagent.livekit_api import ServerError
from callagent.provisioning import Fingerprints, SipServer
from tests.support.leftovers import leftover_tasks
from tests.support.livekit_peer import SECRET, LiveKitPeer


async def test_the_first_request_that_fails_ends_the_others() -> None:
    """The peer knows neither inbound trunks nor rules, and does not answer for the outbound ones."""
    async with LiveKitPeer().running() as peer, peer.client() as client:
        peer.silent.add("ListSIPOutboundTrunk")
        with pytest.raises(ServerError):
            await SipServer(client, Fingerprints(SECRET)).existing()
        assert leftover_tasks() == []
