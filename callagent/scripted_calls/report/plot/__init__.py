"""The picture of a call, drawn with matplotlib."""
