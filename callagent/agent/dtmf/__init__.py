"""Keys of the telephone: events, turns and collected digits."""
