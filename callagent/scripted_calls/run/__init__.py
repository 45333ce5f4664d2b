"""A scripted call as it is made: what happens on the line and what becomes of each step."""
