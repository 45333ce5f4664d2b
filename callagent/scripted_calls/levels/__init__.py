"""The four levels at which a scripted call can be made."""
