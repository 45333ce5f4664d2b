"""Servers that a level starts for its calls, on loopback, and that end with it."""
