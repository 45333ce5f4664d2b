"""How soon calls are answered, one after the other and many at once, and what they take of processor and memory."""
