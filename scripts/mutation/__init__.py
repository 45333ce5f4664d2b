"""Mutation testing of one room of the package, see `scripts/mutate --help`."""
