"""The terminal in colour: text is printed as it is, never as markup, and never acts on the terminal."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from callagent.sanitise import printable, printable_lines


class TerminalConsole(Console):
    """A console that interprets nothing in a text: neither markup, nor emoji names, nor escape sequences.

    Args:
        file: where to; None: stdout.
        options: of `rich.console.Console`.
    """

    def __init__(self, file: IO[str] | None = None, **options: Any) -> None:
        super().__init__(file=file, markup=False, emoji=False, highlight=False, soft_wrap=True, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return what is about to be written, the last step before rich adds its own codes."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else printable_lines(text), style, control)


def one_line(text: str, style: str = "") -> Text:
    """Return a text that stays on its line, whatever is in it."""
    return Text(printable(text), style=style)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table without lines whose heads are bold, and whose cells stay on their lines."""
    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        drawn.add_row(*map(one_line, row))
    return drawn
