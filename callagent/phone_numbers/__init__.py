"""Telephone numbers: what people write, the numbering plans, and the one number in E.164 that is meant."""
