"""What the levels share whose agent is another process."""
