"""What the law, or a promise, asks of a call: what must be said, and that nobody is called who does not want it."""
