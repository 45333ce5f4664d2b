"""The tables of the pages that describe files, commands and providers, written from what they describe."""
