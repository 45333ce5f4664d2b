"""What fails in a call, what the caller gets because of it, and how that gets into its log."""
