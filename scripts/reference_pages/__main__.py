"""`python -m scripts.reference_pages`, which `scripts/reference` runs: write the tables of all pages, or check them."""

from pathlib import Path

import click

from scripts.reference_pages.pages import InvalidPage, find_pages, rendered

ROOT = Path(__file__).resolve().parents[2]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--check", is_flag=True, help="Write nothing; name the pages whose tables are not as they would be.")
@click.pass_context
def main(context: click.Context, check: bool) -> None:
    """Write the tables between `<!-- generated: NAME -->` and `<!-- end of NAME -->` of every page."""
    try:
        stale = [(page, text) for page in find_pages(ROOT) if (text := rendered(page)) != page.read_text("utf-8")]
    except InvalidPage as error:
        click.echo(str(error), err=True)
        context.exit(2)
    for page, text in stale:
        click.echo(f"{page.relative_to(ROOT)}: {'stale, run scripts/reference' if check else 'written'}")
        if not check:
            page.write_text(text, encoding="utf-8")
    context.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main(prog_name="scripts/reference")
