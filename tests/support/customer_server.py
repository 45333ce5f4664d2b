"""An MCP server with one tool, over standard input and output."""

from mcp.server.mcpserver import MCPServer

server = MCPServer("customers")


@server.tool()
def find_customer(name: str) -> str:
    """Find a customer."""
    return f"{name} is an old customer"


if __name__ == "__main__":
    server.run()
