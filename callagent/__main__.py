"""``python -m callagent``."""

from callagent.cli.main import main

if __name__ == "__main__":
    main(prog_name="callagent")
