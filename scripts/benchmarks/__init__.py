"""The benchmarks. No part of the installed package: run `scripts/bench NAME` in a clone of the repository."""
