"""What the gate hears of the caller's line by itself: how loud it is, and whether it may be the caller."""
