"""What a script expects of the agent: one module for each expectation, or for two that are one idea."""
