"""Score what each system did, and write it down: tables, a picture, the list of mistakes."""
