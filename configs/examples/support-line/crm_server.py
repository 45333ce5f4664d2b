"""An MCP server with one tool, over stdio; here, ask your own customer data instead. Needs `pip install mcp`."""

from mcp.server.mcpserver import MCPServer

CUSTOMERS = {"ann lee": "a customer since 2019, with internet and telephone"}

server = MCPServer("crm")


@server.tool()
def find_customer(name: str) -> str:
    """Find a customer by name."""
    return CUSTOMERS.get(name.casefold(), "nobody of that name is a customer")


if __name__ == "__main__":
    server.run()
