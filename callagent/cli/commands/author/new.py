"""`callagent new`: a project of one's own, ready to be run and tested."""

from pathlib import Path

import click

from callagent.cli.output import echo
from callagent.scaffold import NewProject, locales


def _print_locales(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        for locale in locales():
            echo(locale)
        context.exit()


@click.command()
@click.argument("directory", metavar="NAME", type=click.Path(path_type=Path))
@click.option("--locale", default="en-US", show_default=True, help="Locale that its profile extends.")
@click.option(
    "--locales",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_locales,
    help="List the locales, and make nothing.",
)
def new(directory: Path, locale: str) -> None:
    """Make a project NAME: a profile with an agent of your own, scripted calls, and tests that pass offline.

    It is made in a new directory of that name; a path says where else. Nothing that is there is overwritten.

    Exit status: 0 made, 2 the name or the locale cannot be taken, something is there already, or cannot be written.
    """
    project = NewProject(directory, locale)
    for path in project.write():
        echo(directory / path)
    echo("")
    echo(f"cd {directory} && callagent chat {project.name}.yaml       # talk to it by typing")
    echo(f"cd {directory} && callagent call calls --level text  # the scripted calls; pytest runs them too")
