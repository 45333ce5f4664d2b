from tests.support.sip_server import livekit_api, own_loop, sip_livekit, sip_server

__all__ = ["livekit_api", "own_loop", "sip_livekit", "sip_server"]
