"""What a run of the benchmark leaves behind: tables, a picture, the list of mistakes."""
