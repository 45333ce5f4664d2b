"""What the pages say is there: files, headings, commands, options, rules, fields."""

import re
import sys
from pathlib import Path

import pytest

from callagent.cli.environment import NAMES
from callagent.cli.output import ExitStatus
from callagent.profile import load_profile, load_targets
from callagent.telephony.guards import GUARDS
from scripts.reference_pages.pages import find_pages
from tests.support.page_claims import ROOT, Page, broken_links, missing_files, wrong_citations, wrong_commands

PAGES = [page.relative_to(ROOT).as_posix() for page in find_pages(ROOT)]
SOURCES = [path for folder in ("callagent", "scripts") for path in sorted((ROOT / folder).rglob("*.py"))]
ELSEWHERE = {"ruamel.yaml", "livekit/agents/voice/tool_executor.py", "report.md", "mistakes.md", "shop.py"}
"""What reads like a file of the project and is none: modules and files of libraries, what is written, examples."""


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page.read(ROOT / request.param)


def test_links_lead_somewhere(page: Page) -> None:
    assert broken_links(page) == []


def test_files_that_are_named_are_there(page: Page) -> None:
    assert missing_files(page) == []


def test_commands_that_are_named_are_there(page: Page) -> None:
    assert list(wrong_commands(page)) == []


@pytest.mark.parametrize("folder", ["callagent", "scripts"])
def test_what_docstrings_and_comments_name_is_there(folder: str) -> None:
    known = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.*") if ".venv" not in path.parts} | ELSEWHERE
    wrong = {}
    for source in sorted((ROOT / folder).rglob("*.py")):
        module = Page.of_module(source)
        missing = [name for name in missing_files(module) if name not in ELSEWHERE]
        if found := [*wrong_citations(module, known), *missing, *wrong_commands(module)]:
            wrong[source.relative_to(ROOT).as_posix()] = found
    assert wrong == {}


def test_every_variable_of_the_environment_is_told() -> None:
    own = {name for source in SOURCES for name in re.findall(r"\bCALLAGENT_[A-Z_]+[A-Z]\b", source.read_text("utf-8"))}
    told = section(ROOT / "configs" / "README.md", "Environment variables")
    assert [name for name in sorted(own | NAMES) if f"`{name}`" not in told and "FUZZ" not in name] == []


def test_every_exit_status_is_told() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|", section(ROOT / "configs" / "README.md", "Exit statuses"), re.MULTILINE)
    assert {int(number) for row in rows for number in row.split(",")} == {*ExitStatus}


def test_the_guards_stand_in_the_order_in_which_they_are_asked() -> None:
    told = re.findall(
        r"^\| ([^|]+) \|", section(ROOT / "callagent" / "telephony" / "README.md", "Guards"), re.MULTILINE
    )
    rules = [vars(sys.modules[guard.__module__])["RULE"] for guard in GUARDS]
    assert told == ["guard", *rules]


def section(page: Path, heading: str) -> str:
    return page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_profile_of_the_readme_is_one(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for language, name in (("yaml", "bakery.yaml"), ("python", "bakery.py")):
        block = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0]
        assert block.startswith(f"# configs/profiles/{name}\n")
        (tmp_path / name).write_text(block, encoding="utf-8")
    load_targets(load_profile(tmp_path / "bakery.yaml", env={}))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "page.md"


def read(path: Path, text: str) -> Page:
    path.write_text(text, encoding="utf-8")
    return Page.read(path)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`callagent/nowhere.py`", ["callagent/nowhere.py"]),
        ("`gone.md` and `tests/gone/`", ["gone.md", "tests/gone/"]),
        ("    ./scripts/gone --short", ["scripts/gone"]),
        (
            "`turns/config.py`, `README.md`, `callagent/turns/`, `configs/profiles/*.yaml`, `configs/calls/NAME.yaml`",
            [],
        ),
        ("```yaml\n# configs/profiles/mine.yaml\n```\n`configs/profiles/mine.yaml`", []),
        ("`report.html`, `en-US`, `a/b`, `ok.wav`", []),
    ],
)
def test_a_file_that_is_not_there_is_found(written: Path, text: str, wrong: list[str]) -> None:
    assert missing_files(read(written, text)) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`callagent frobnicate`", ["callagent frobnicate: there is no frobnicate"]),
        ("    callagent sip plann FILE   # status", ["callagent sip plann FILE: there is no plann"]),
        ("`callagent call --livel text`", ["callagent call --livel text: has no option --livel"]),
        ("    callagent --log-level debug doctor --gateway 127.0.0.1", []),
        ("    echo yes | callagent profile classify en-US -", []),
        ("`callagent sip plan | apply`, `callagent COMMAND --help`, `callagent dial --meta order=17 +12025550123`", []),
    ],
)
def test_a_command_that_is_not_there_is_found(written: Path, text: str, wrong: list[str]) -> None:
    assert list(wrong_commands(read(written, text))) == wrong


def test_a_link_to_a_heading_that_is_not_there_is_found(written: Path) -> None:
    page = read(
        written, "# One, two\n\n[a](#one-two) [b](#three) [c](page.md#one-two) [d](gone.md) [e](https://x.example)"
    )
    assert broken_links(page) == ["](#three)", "](gone.md)"]


def test_what_a_docstring_names_and_is_not_there_is_found(tmp_path: Path) -> None:
    source = tmp_path / "module.py"
    prose = "See turns.md, configs/sip/example.yaml, `scripts/gone` and `callagent gone`."
    source.write_text(f'"""{prose}"""\nx = "gone.py"  # gone.md\n', encoding="utf-8")
    module = Page.of_module(source)
    assert wrong_citations(module, {"configs/sip/example.yaml"}) == ["turns.md", "gone.md"]
    assert missing_files(module) == ["scripts/gone"]
    assert list(wrong_commands(module)) == ["callagent gone: there is no gone"]
