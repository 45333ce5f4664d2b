"""What callers and agents say in the corpus: one module a language, each phrase in one half of the corpus only."""
