"""An ear of our own: what a caller's sound is, from the encoder of the local recogniser."""
