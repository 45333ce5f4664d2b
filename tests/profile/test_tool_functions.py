import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from callagent.profile.author_code import load_target
from callagent.profile.tool_functions import load_targets, signature_flaw, takes_context
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles


def module(directory: Path, name: str, text: str) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / f"{name}.py").write_text(text)
    return directory


def refused(path: str, *directories: Path) -> str:
    with pytest.raises(ValueError, match=r"^\S.*$") as caught:
        load_target(path, directories)
    return str(caught.value)


def answer(path: str, directory: Path) -> object:
    return load_target(path, (directory,))()


def test_two_directories_with_the_same_modules_each_get_their_own(tmp_path: Path) -> None:
    shops = [tmp_path / name for name in ("bakery", "butcher")]
    for shop in shops:
        module(shop, "stock", f"NAME = {shop.name!r}\n")
        module(shop, "shop", "import stock\ndef name():\n    return stock.NAME\n")
    assert [answer("shop:name", shop) for shop in (*shops, *shops)] == ["bakery", "butcher"] * 2


def test_a_module_with_the_name_of_one_of_pythons_does_not_replace_it(tmp_path: Path) -> None:
    module(tmp_path, "calendar", "def book():\n    return 'booked'\n")
    assert answer("calendar:book", tmp_path) == "booked"
    import calendar

    assert calendar.monthrange(2024, 2) == (3, 29)


def test_a_package_may_import_its_parts_in_either_way(tmp_path: Path) -> None:
    package = module(tmp_path / "store", "__init__", "")
    module(package, "prices", "PRICE = 3\n")
    module(
        package, "orders", "from . import prices\nimport store.prices\ndef price():\n    return store.prices.PRICE\n"
    )
    assert answer("store.orders:price", tmp_path) == 3


def test_a_module_is_imported_once(tmp_path: Path) -> None:
    module(tmp_path, "counter", "seen = []\ndef count():\n    seen.append(1)\n    return len(seen)\n")
    assert [answer("counter:count", tmp_path) for _ in range(2)] == [1, 2]


def test_the_first_directory_wins_and_the_installed_come_last(tmp_path: Path) -> None:
    for name in ("one", "two"):
        module(tmp_path / name, "where", f"def where():\n    return {name!r}\n")
    assert load_target("where:where", (tmp_path / "one", tmp_path / "two"))() == "one"
    assert load_target("json:dumps", (tmp_path,))(1) == "1"


def test_what_a_function_imports_when_it_runs_is_found(tmp_path: Path) -> None:
    module(tmp_path, "rates_of_today", "RATE = 4\n")
    module(tmp_path, "exchange", "def rate():\n    import rates_of_today\n    return rates_of_today.RATE\n")
    assert answer("exchange:rate", tmp_path) == 4


def test_a_process_of_its_own_finds_it_too(tmp_path: Path) -> None:
    module(tmp_path, "elsewhere", "def where():\n    return 'there'\n")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(answer, ("elsewhere:where", tmp_path)) == "there"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def order(item:\n  pass\n", r"SyntaxError: '(' was never closed (broken.py:1)"),
        ("\nraise RuntimeError('no\\nkey')\n", "RuntimeError: no key (broken.py:2)"),
        ("import stripe_gone\n", "No module named 'stripe_gone' (broken.py:1)"),
        ("import sys\nsys.exit('no key')\n", "SystemExit: no key (broken.py:2)"),
        ("from helper import helper\n", "(helper.py:1)"),
        ("def oder(): ...\n", "broken.py has no function 'order'; did you mean 'oder'?"),
        ("order = 3\n", "'order' in broken.py cannot be called: it is of type int"),
    ],
)
def test_a_target_that_fails_is_one_line_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    module(tmp_path, "helper", "from broken import order\nhelper = 1\n")
    assert refused("broken:order", module(tmp_path, "broken", text)).endswith(told)


def test_a_module_that_is_nowhere_comes_with_the_nearest_one(tmp_path: Path) -> None:
    module(tmp_path, "bakery", "")
    for wrong in ("bakry", "bakery.py"):
        told = refused(f"{wrong}:order", tmp_path)
        assert told.startswith(f"cannot import '{wrong}:order': there is no module '{wrong}' beside the profile")
        assert told.endswith("; did you mean 'bakery'?")


def test_what_a_module_prints_is_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_target("loud:order", (module(tmp_path, "loud", "print('loud')\ndef order(): ...\n"),))
    assert capsys.readouterr().out == ""


async def several(day: str) -> object:
    yield day


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (lambda day: day, ""),
        (lambda day, hour=9: day, ""),
        (lambda **given: given, ""),
        (print, None),
        (lambda: None, "does not take the parameter 'day'"),
        (lambda dya: dya, "does not take the parameter 'day', needs 'dya', which is no parameter of the tool"),
        (lambda day, hour: day, "needs 'hour', which is no parameter of the tool"),
        (lambda day, /: day, "takes 'day' by position only"),
        (several, "is a generator; a tool returns its result"),
    ],
)
def test_a_function_has_to_take_the_parameters_of_its_tool(target: object, told: str | None) -> None:
    assert callable(target)
    flaw = signature_flaw(target, {"day": True})
    if told is not None:
        assert (flaw or "").endswith(told) and bool(flaw) == bool(told)


TOOLS = """\
tools:
  hang_up: {}
  open: {description: A., returns: At nine.}
  book: {description: B., parameters: {day: {}}, run: 'bakery:book'}
  sum: {description: C., run: 'math:fsum'}
"""


def test_each_tool_that_runs_a_function_gets_it(profiles: Profiles) -> None:
    profiles.minimal("x", TOOLS.replace("math:fsum", "os:getcwd"))
    module(profiles.directory, "bakery", "def book(day):\n    return f'booked {day}'\n")
    targets = load_targets(profiles.load("x"))
    assert list(targets) == ["book", "sum"]
    book = targets["book"]
    assert callable(book)
    assert book(day="Friday") == "booked Friday"


def test_every_function_that_does_not_fit_its_tool_is_told_where_it_is_named(profiles: Profiles) -> None:
    profiles.minimal("x", TOOLS.replace("math:fsum", "math:sum_of"))
    module(profiles.directory, "bakery", "def book(hour):\n    return hour\n")
    with pytest.raises(ConfigError) as caught:
        load_targets(profiles.load("x"))
    first, second = str(caught.value).splitlines()
    assert first.startswith("configs/profiles/x.yaml:8: tools.book.run: book (configs/profiles/bakery.py:1) does not")
    assert second.startswith("configs/profiles/x.yaml:9: tools.sum.run: ")
    assert " has no function 'sum_of'" in second


class Odd:
    __signature__ = "none"

    def __call__(self) -> None: ...


@pytest.mark.parametrize("target", [max, Odd()])
def test_a_function_that_does_not_tell_what_it_takes_is_taken(target: Callable[..., object]) -> None:
    assert signature_flaw(target, {"day": True}) is None
    assert not takes_context(target, [])


@pytest.mark.parametrize(
    ("target", "parameters", "takes"),
    [
        (lambda context, day: day, ["day"], True),
        (lambda context, /: None, [], True),
        (lambda context: None, ["context"], False),
        (lambda day, context: day, ["day"], False),
        (lambda *, context: None, [], False),
        (lambda *context: None, [], False),
        (lambda: None, [], False),
    ],
)
def test_the_first_parameter_may_be_livekits_context(
    target: Callable[..., object], parameters: list[str], takes: bool
) -> None:
    assert takes_context(target, parameters) is takes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise RuntimeError('no key')\n", "cannot import 'installed_shop:order': RuntimeError: no key"),
        (
            "import stripe_gone\n",
            "cannot import 'installed_shop:order': ModuleNotFoundError: No module named 'stripe_gone'",
        ),
    ],
)
def test_what_is_installed_and_fails_is_no_missing_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.syspath_prepend(module(tmp_path / "installed", "installed_shop", text))
    (tmp_path / "beside").mkdir()
    assert refused("installed_shop:order", tmp_path / "beside") == told


def test_the_place_of_a_mistake_is_the_last_line_of_the_authors_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    module(tmp_path, "prices", "import json\n\ndef read():\n    return json.loads('{')\n")
    told = refused("menu:order", module(tmp_path, "menu", "import prices\n\nprices.read()\n"))
    assert told.endswith(" (prices.py:4)")
