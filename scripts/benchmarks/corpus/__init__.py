"""The corpus of `turns`: who says what on which line while the agent does what, as cases and as samples."""
