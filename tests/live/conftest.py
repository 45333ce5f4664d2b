from tests.support.consultation import song
from tests.support.livekit_server import own_loop
from tests.support.sip_stack import sip_stack, sip_worker

__all__ = ["own_loop", "sip_stack", "sip_worker", "song"]
