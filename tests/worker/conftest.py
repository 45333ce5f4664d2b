from tests.support.consultation import song
from tests.support.dial_worker import peer, server, store
from tests.support.livekit_server import livekit, own_loop, worker

__all__ = ["livekit", "own_loop", "peer", "server", "song", "store", "worker"]
