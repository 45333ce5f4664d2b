"""What is left of a speech that was cut short."""


def unsaid(full: str, said: str) -> str:
    """The rest of `full` from the last word of `said` on, which was probably cut; empty when nothing is left.

    >>> unsaid("We are open from nine to six.", "We are op")
    'open from nine to six.'
    """
    words, done = full.split(), said.split()
    if len(done) >= len(words) and done[-1:] == words[-1:]:
        return ""
    return " ".join(words[max(0, len(done) - 1) :])
