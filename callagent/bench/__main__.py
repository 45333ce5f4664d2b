"""`python -m callagent.bench`: what scripts/bench_turns and scripts/bench_gate run."""

from callagent.bench.main import main

if __name__ == "__main__":
    main()
