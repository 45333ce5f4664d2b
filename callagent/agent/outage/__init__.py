"""What a caller gets when something fails: a filler, another try, at the end a sentence, a transfer or a promise."""
