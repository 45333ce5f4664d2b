"""Moonshine as the local recogniser of interims."""
