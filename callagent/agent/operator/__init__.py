"""What somebody at the console has a call do."""
