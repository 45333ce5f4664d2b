"""Tools of the agent: those that a profile declares and the built-in ones for the telephone."""
