"""What goes wrong on the agent's side of a scripted call: slow, failing and silent tools and providers."""

from callagent.scripted_calls.run.faults.fault_settings import Fault, Faults

__all__ = ["Fault", "Faults"]
