"""What a process of the worker has ready before a call comes."""
