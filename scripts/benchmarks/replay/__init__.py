"""Play the tapes to each system under test, in virtual time."""
