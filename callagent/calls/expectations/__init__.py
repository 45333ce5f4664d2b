"""What becomes of each step: one module for each family of steps."""
