from pathlib import Path

import pytest
from click.testing import CliRunner

from scripts.reference_pages.__main__ import main
from scripts.reference_pages.command_tables import command_help, find_command
from scripts.reference_pages.lists import locales, provider_options, providers
from scripts.reference_pages.pages import InvalidPage, find_pages, rendered

ROOT = Path(__file__).resolve().parents[3]
PAGES = [page.relative_to(ROOT).as_posix() for page in find_pages(ROOT)]


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_of_a_page_are_what_they_describe(page: str) -> None:
    assert rendered(ROOT / page) == (ROOT / page).read_text(encoding="utf-8"), "run: scripts/reference"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("scripts.reference_pages.__main__.ROOT", tmp_path)
    return tmp_path


def page_of(project: Path, text: str) -> Path:
    page = project / "README.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_what_stands_between_the_marks_is_written(project: Path) -> None:
    page = page_of(project, "Before.\n\n<!-- generated: keys routes -->\nold\n<!-- end of keys routes -->\n\nAfter.\n")
    assert CliRunner().invoke(main, []).output == "README.md: written\n"
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n\n<!-- generated: keys routes -->\n\n| key |")
    assert text.endswith("|\n\n<!-- end of keys routes -->\n\nAfter.\n")
    assert "old" not in text


def test_a_second_run_writes_nothing(project: Path) -> None:
    page_of(project, "<!-- generated: locales -->\n<!-- end of locales -->\n")
    CliRunner().invoke(main, [])
    again = CliRunner().invoke(main, [])
    assert (again.output, again.exit_code) == ("", 0)


def test_a_check_names_the_stale_page_and_leaves_it(project: Path) -> None:
    page = page_of(project, "<!-- generated: providers -->\n<!-- end of providers -->\n")
    result = CliRunner().invoke(main, ["--check"])
    assert (result.output, result.exit_code) == ("README.md: stale, run scripts/reference\n", 1)
    assert page.read_text(encoding="utf-8") == "<!-- generated: providers -->\n<!-- end of providers -->\n"


@pytest.mark.parametrize(
    "text",
    [
        "<!-- generated: providers -->\n",
        "<!-- generated: providers -->\n<!-- end of locales -->\n",
        "<!-- end of providers -->\n",
        "<!-- generated: nonsense -->\n<!-- end of nonsense -->\n",
        "<!-- generated: keys nonsense -->\n<!-- end of keys nonsense -->\n",
        "<!-- generated: callagent nonsense -->\n<!-- end of callagent nonsense -->\n",
    ],
)
def test_marks_that_mean_nothing_are_an_error(project: Path, text: str) -> None:
    page = page_of(project, text)
    with pytest.raises(InvalidPage):
        rendered(page)
    assert CliRunner().invoke(main, []).exit_code == 2
    assert page.read_text(encoding="utf-8") == text


def test_a_command_is_told_with_its_options() -> None:
    block = command_help("dnc add")
    assert block.startswith("`callagent dnc add [OPTIONS] [NUMBERS]...`\n\nPut numbers on the list.")
    assert "| `--region CODE` | Country (ISO code) of numbers without + and code. |" in block
    assert "`--database FILE\\|URL`" in block
    assert "--help" not in block


def test_an_unknown_command_is_an_error() -> None:
    with pytest.raises(LookupError, match="dnc frobnicate"):
        find_command(["dnc", "frobnicate"])


def test_a_locale_is_told_with_its_providers() -> None:
    assert "| `en-US` | `local`, `script` | 350 ms |" in locales("")
    assert "| `de-DE` | `deepgram`, `cartesia`, `openai` | 400 ms |" in locales("")


def test_a_provider_is_told_with_what_it_needs() -> None:
    assert "| `local` | `stt`, speech to text | the extra `local` |" in providers("")
    assert "| `deepgram` | `stt`, speech to text | `DEEPGRAM_API_KEY` |" in providers("")


def test_options_of_a_plugin_are_named() -> None:
    assert "`base_url`" in provider_options("llm openai")
    assert "| `threads` | whole number, 1 to 16 | `2` |" in provider_options("stt local")
