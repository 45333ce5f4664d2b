"""The console: a page in the browser about calls under way and calls that are over, the panel of production, lists."""

from callagent.console.console_config import PORT, TOKEN_VARIABLE, ConsoleConfig, token_of
from callagent.console.server import CannotListen, serve_console

__all__ = ["PORT", "TOKEN_VARIABLE", "CannotListen", "ConsoleConfig", "serve_console", "token_of"]
