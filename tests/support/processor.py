"""What a piece of work costs."""

import time
from collections.abc import Callable


def processor_time(work: Callable[[], object]) -> float:
    """Seconds for which the process computes meanwhile; those for which others have the processor do not count."""
    began = time.process_time()
    work()
    return time.process_time() - began
