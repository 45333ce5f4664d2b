"""Measure how soon calls are answered, one after the other and many at once, and what that takes of the machine."""
