"""Calls that talk for hours or through faults: what grows, who is left in silence, which record is lost."""
