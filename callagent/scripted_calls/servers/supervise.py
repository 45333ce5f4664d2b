"""Runs a command that must not outlive whoever started it: `python FILE SECONDS COMMAND ARG…`, FILE being this one,
with a pipe as standard input.

When the pipe closes, which it does however the other end dies, the command is asked to end, asked again after so many
seconds, and killed after as many more.
Standard library only: it is started as a file, so that it costs a bare interpreter.
"""

import os
import signal
import subprocess
import sys
import threading

REQUESTS = (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL)
"""A livekit-server waits for its participants after the first, a worker for its calls; the second ends those too."""


def main(patience: float, command: list[str]) -> int:
    """Run the command to its end and give its exit status, 128 + n when signal n killed it."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_pipe, args=(child, patience), name="leash", daemon=True).start()
    status = child.wait()
    return status if status >= 0 else 128 - status


def _end_with_pipe(child: "subprocess.Popen[bytes]", patience: float) -> None:
    while os.read(sys.stdin.fileno(), 1 << 16):
        pass
    for request in REQUESTS:
        child.send_signal(request)
        try:
            child.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
