"""The commands of somebody who writes an agent of their own."""
