"""An ear of our own: acknowledgement, command or other speech, told from the sound."""
