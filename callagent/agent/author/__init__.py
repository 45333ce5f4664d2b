"""What an author's own code has of a call: hooks, listeners, fields in texts."""
