"""Capture what VAD and recogniser report of each case of the corpus, once, as tapes."""
