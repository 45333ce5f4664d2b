"""Rooms without an agent: calls whose process is gone, orphans of a dead worker, lost dispatches."""
