"""A list of numbers dialled: the file, the lease on it, the run."""
