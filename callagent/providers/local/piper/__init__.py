"""Piper as the local voice."""
