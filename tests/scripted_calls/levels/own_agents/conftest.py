"""The calls of this directory are calls of the plugin, too, at level text."""

collect_ignore = ["http-tool.yaml", "mcp-tool.yaml"]
"""What their tools ask is started by the test that makes them with speech."""
