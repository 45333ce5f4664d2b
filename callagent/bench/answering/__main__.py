"""`python -m callagent.bench.answering`."""

from callagent.bench.answering.main import main

main()
