"""Figures of a call: latency of turns and the interaction panel."""
