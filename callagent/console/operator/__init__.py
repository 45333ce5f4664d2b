"""What somebody at the console has a call do: listening to it, and orders."""
