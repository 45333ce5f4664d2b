from tests.support.livekit_server import livekit, own_loop, worker
from tests.support.sip_stack import sip_stack, sip_worker

__all__ = ["livekit", "own_loop", "sip_stack", "sip_worker", "worker"]
