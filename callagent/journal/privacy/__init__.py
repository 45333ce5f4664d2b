"""What of a call is in no journal, and what stands for it."""
