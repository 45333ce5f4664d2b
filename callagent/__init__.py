"""A phone agent on LiveKit that tells an acknowledgement from an interruption."""

import os

__version__ = "0.1.0"

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""onnxruntime, which runs the speech models, would report to its maker from every process of every call. It reads this
when it is imported, so nothing of this package may be imported before."""
