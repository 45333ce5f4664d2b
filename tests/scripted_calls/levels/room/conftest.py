from tests.support.livekit_server import livekit, own_loop, speaking_worker

__all__ = ["livekit", "own_loop", "speaking_worker"]
