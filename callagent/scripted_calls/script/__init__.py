"""The script of a call: its format, how a file of it is read and checked, and the call that is planned from it."""
