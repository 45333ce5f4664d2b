"""Warnings that are true and that nobody can do anything about."""

import warnings

from callagent.worker.config import DEV_SECRET, WorkerConfig


def quieten(config: WorkerConfig) -> None:
    """Keeps PyJWT from remarking, at every token, that livekit-server's development secret is short."""
    if config.api_secret == DEV_SECRET:
        warnings.filterwarnings("ignore", message="The HMAC key is")
