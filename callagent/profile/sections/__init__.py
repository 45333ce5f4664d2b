"""The sections of a profile, one pydantic model each."""
