"""Playing tapes to systems, in virtual time."""
