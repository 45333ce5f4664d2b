"""A phone agent on LiveKit that tells an acknowledgement from an interruption."""

__version__ = "0.1.0"
