"""What requirements.lock brings: which packages, and what is known against them."""
