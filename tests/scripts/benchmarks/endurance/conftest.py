from tests.support.livekit_server import livekit, own_loop, worker

__all__ = ["livekit", "own_loop", "worker"]
