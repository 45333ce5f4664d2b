from tests.support.livekit_server import livekit, own_loop
from tests.support.sip_server import sip_livekit, sip_server

__all__ = ["livekit", "own_loop", "sip_livekit", "sip_server"]
