"""The pure state machine of the interruption gate: events in, decisions out, no clock and no I/O."""
