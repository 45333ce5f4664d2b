"""What pages and docstrings say that is there: links, files, commands with their options."""

import ast
import io
import re
import shlex
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from scripts.reference_pages.command_tables import find_command

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("callagent", "configs", "scripts", "tests", ".github")
"""Folders of the project: what begins with one of these names is a path."""

_CITED = r"(?:[\w.-]+/)*[\w-]+\.(?:py|md|ya?ml|sh|toml)"
_FILE = re.compile(rf"{_CITED}(?=:\d+$|$)")
_CITATION = re.compile(r"(?<![\w/.*<>{])(?:[\w.-]+/)*[\w-]+\.(?:py|md|yaml)\b(?![\w/])")
_LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<target>[^)#]*)(?:#(?P<anchor>[^)]*))?\)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PLACEHOLDER = re.compile(r"[A-Z]{2,}|…|\|")


class Page(NamedTuple):
    """A page, or the docstrings and comments of a module: the running text, and the lines of the code blocks."""

    path: Path
    text: str
    code: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Page":
        """The page in the file `path`."""
        text, code, fenced = [], [], False
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif fenced or line.startswith("    "):
                code.append(line.strip())
            else:
                text.append(line)
        return cls(path, "\n".join(text), tuple(code))

    @classmethod
    def of_module(cls, path: Path) -> "Page":
        """Docstrings and comments of the module in the file `path`."""
        return cls(path, "\n".join(_prose(path.read_text(encoding="utf-8"))).replace("``", "`"), ())

    @property
    def examples(self) -> set[str]:
        """Files that the reader is told to write: code blocks that begin with `# configs/profiles/bakery.yaml`."""
        return {line.removeprefix("# ") for line in self.code if re.fullmatch(rf"# {_CITED}", line)}


def broken_links(page: Page) -> list[str]:
    """Links to files that are not there, or to headings that they have not."""
    found = []
    for link in _LINK.finditer(page.text):
        target = page.path if not link["target"] else (page.path.parent / link["target"]).resolve()
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors(target)):
            found.append(link[0])
    return found


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing_files(page: Page) -> list[str]:
    """Paths in back-quotes, and paths of the project in code blocks, that are not there."""
    spans = [span.split()[0].removeprefix("./") for span in _SPAN.findall(page.text) if span.strip()]
    quoted = [span for span in spans if _FILE.match(span) or _in_a_folder(span)]
    words = [word.removeprefix("./") for line in page.code for word in line.partition(" #")[0].split()]
    coded = [word for word in words if _in_a_folder(word)]
    places = (ROOT, ROOT / "callagent", page.path.parent)
    return [
        name
        for name in dict.fromkeys((*quoted, *coded))
        if name not in page.examples and not _PLACEHOLDER.search(name.rpartition("/")[2].replace("README.md", ""))
        if not any(_is_there(place, name.partition(":")[0]) for place in places)
    ]


def _in_a_folder(name: str) -> bool:
    folder, slash, _ = name.partition("/")
    return folder in FOLDERS and bool(slash)


def _is_there(place: Path, name: str) -> bool:
    return any(place.glob(name.rstrip("/"))) if "*" in name else (place / name).exists()


def wrong_commands(page: Page) -> Iterator[str]:
    """Commands `callagent …` that do not exist, or not with an option that is named with them."""
    for line in (*page.code, *_SPAN.findall(page.text)):
        for part in re.split(r"\s+#\s|\s\|\s|&&", line):
            words = _words(part.removeprefix("$ "))
            if words[:1] == ["callagent"] and (wrong := _wrong(words[1:])):
                yield f"{part.strip()}: {wrong}"


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _wrong(words: list[str]) -> str | None:
    """What is wrong with the words behind `callagent`: a command that is not there, or an option; None: nothing."""
    path: list[str] = []
    command, context = find_command(path)
    rest = iter(words)
    for word in rest:
        if word.startswith("--"):
            option = next((each for each in command.get_params(context) if word.partition("=")[0] in each.opts), None)
            if option is None:
                return f"has no option {word}"
            if "=" not in word and isinstance(option, click.Option) and not option.is_flag:
                next(rest, None)
        elif isinstance(command, click.Group):
            if _PLACEHOLDER.search(word):
                return None
            try:
                command, context = find_command([*path, word])
            except LookupError:
                return f"there is no {word}"
            path.append(word)
    return None


def wrong_citations(page: Page, known: set[str]) -> list[str]:
    """Files that are named, in back-quotes or not, and that are not among the ends of `known` paths."""
    cited = _CITATION.findall(page.text)
    return [name for name in cited if not any(path == name or path.endswith(f"/{name}") for path in known)]


def _prose(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
