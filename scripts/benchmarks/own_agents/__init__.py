"""`scripts/bench agents`: an agent of one's own stops as soon as a profile's does, and does not hold the event loop."""
