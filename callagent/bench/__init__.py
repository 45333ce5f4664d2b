"""The benchmark: one corpus of real audio, several systems, one run."""
