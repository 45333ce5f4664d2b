"""What somebody at the console has had a call do, as events."""
