"""What Prometheus is told of the worker's calls, each of which has a process of its own."""
