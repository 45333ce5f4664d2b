"""What becomes of the recording of a call: the events of its journal, and the words for them."""
