from tests.support.livekit_server import livekit, own_loop

__all__ = ["livekit", "own_loop"]
