"""What became of a step."""

from dataclasses import dataclass

EXACT_S = 0.0005
"""Half a millisecond: times are compared to the millisecond."""


@dataclass(frozen=True)
class Verdict:
    """Whether a step was met, and what was observed, in words.

    `gives_up` marks a failure after which the steps that follow make no sense: what they build on did not happen.
    """

    passed: bool
    observed: str
    gives_up: bool = False


def milliseconds(seconds: float) -> str:
    """A length of time as people say it: `412 ms`, `1.84 s`."""
    return f"{seconds:.2f} s" if abs(seconds) >= 1.0 else f"{seconds * 1000:.0f} ms"


def clock(at: float) -> str:
    """A call time: `at 12.34 s`."""
    return f"at {at:.2f} s"


def quoted(text: str, longest: int = 60) -> str:
    """Words as a report shows them, the end of long ones left out."""
    text = " ".join(text.split())
    return f"'{text}'" if len(text) <= longest else f"'{text[:longest].rsplit(' ', 1)[0]} …'"
