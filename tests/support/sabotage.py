"""A tool whose module breaks the job of its call, once the session has been started: what no profile can do."""

from callagent.agent import CallFlow


def explode() -> str:
    return "never called"


def _break(self: CallFlow) -> None:
    raise RuntimeError("broken on purpose")


CallFlow.start = _break  # type: ignore[method-assign]  # in the process of this call alone
