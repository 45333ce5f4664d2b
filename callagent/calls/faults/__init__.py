"""What goes wrong on the agent's side of a scripted call: slow, failing and silent tools and providers."""

from callagent.calls.faults.model import Fault, Faults

__all__ = ["Fault", "Faults"]
