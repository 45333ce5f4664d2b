"""Measure what running calls take of this machine, beside a worker that is plain livekit-agents."""
