"""Providers that fail: who is asked instead, what is not lost by it, and how the first one comes back."""
