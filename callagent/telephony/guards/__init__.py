"""Guards: what must be true before a call leaves the house. Pure: each looks at a `Proposal` and nothing else."""

from callagent.telephony.guards.proposal import Guard, Proposal, Refusal
from callagent.telephony.guards.rules import GUARDS, check

__all__ = ["GUARDS", "Guard", "Proposal", "Refusal", "check"]
