"""What the gate hears of the caller's line by itself: energy, echo, and how late the recogniser is."""
