"""`scripts/bench endpointing`: how soon a turn is answered, and how often one is cut off at a pause inside it."""
