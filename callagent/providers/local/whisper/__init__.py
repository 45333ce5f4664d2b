"""Whisper as the local recogniser."""
