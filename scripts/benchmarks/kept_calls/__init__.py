"""What `scripts/bench records` measures: calls that are kept, found again, and killed."""
