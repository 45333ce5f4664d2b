from pathlib import Path

import pytest

from callagent.yaml_config import ConfigError, load_yaml, parse_yaml
from callagent.yaml_config.yaml_file import MAX_BYTES


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f.yaml")
    return str(caught.value)


def file_refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_yaml(path)
    return str(caught.value).removeprefix(f"{path}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("true", True),
        ("3", 3),
        ("012", 12),
        ("0x1F", 31),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("-.inf", float("-inf")),
        ("~", None),
        ("", None),
        ("2024-05-01", "2024-05-01"),
        ("'3'", "3"),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
    ],
)
def test_values_are_read_as_yaml_1_2(text: str, value: object) -> None:
    assert parse_yaml(f"k: {text}", "f").data == {"k": value}


def test_every_key_and_item_knows_its_line() -> None:
    document = parse_yaml("a:\n  b:\n    - x\n    - y: 1\nc: 2\n", "f")
    paths: list[tuple[str | int, ...]] = [("a",), ("a", "b"), ("a", "b", 1), ("a", "b", 1, "y"), ("c",)]
    assert [document.line_of(path) for path in paths] == [1, 2, 4, 4, 5]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a", "gone", 3), 2),
        (("gone", "x"), 1),
        (("a", "c", 0), 5),
        (("a", "c", 1), 6),
        (("a", "c", 2), 4),
        (("a", "c", -1), 4),
        (("a", "c", "b"), 4),
        (("x", "y"), 7),
    ],
)
def test_the_line_of_something_missing_is_that_of_what_is_around_it(path: tuple[str | int, ...], line: int) -> None:
    assert parse_yaml("y: 1\na:\n  b: 1\n  c:\n    - 1\n    - 2\nx: 1\n", "f").line_of(path) == line


def test_an_alias_is_read_as_what_it_stands_for() -> None:
    assert parse_yaml("a: &x [1]\nb: *x\n", "f").data == {"a": [1], "b": [1]}


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_yaml(tmp_path / "f.yaml").data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml: is empty"),
        ("# nothing\n", "f.yaml: is empty"),
        ("- a\n", "f.yaml:1: must be a mapping (key: value), not a list"),
        ("word\n", "f.yaml:1: must be a mapping (key: value), not a single value"),
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: is written twice (first in line 1)"),
        ("a: 1\n2: b\n", "f.yaml:2: a key must be text; write it in quotes: '2'"),
        ("a:\n  ? [x]\n  : y\n", "f.yaml:2: a: a key must be text; write it in quotes: a list or mapping"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "f.yaml:3: c: merge keys (<<) are not supported"),
        (
            "a: !!python/name:os.system x\n",
            "f.yaml:1: a: the tag tag:yaml.org,2002:python/name:os.system is not supported",
        ),
        ("a: !env [x]\n", "f.yaml:1: a: the tag !env is not supported"),
        ("a: !env {b: 1}\n", "f.yaml:1: a: the tag !env is not supported"),
        ("a: !!int word\n", "f.yaml:1: a: is not a number that can be read"),
        ("x: &x [*x]\n", "f.yaml:1: x[0][0]: is nested too deeply"),
    ],
)
def test_what_is_not_supported_is_refused_with_its_line(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n", "\ta: 1\n", "a: *gone\n", "a: 1\n--- \nb: 2\n", "a: \x00\n"])
def test_bad_syntax_is_one_line(text: str) -> None:
    assert refusal(text).count("\n") == 0
    assert "is not YAML: " in refusal(text)


def test_half_a_character_is_refused_and_two_halves_are_one() -> None:
    assert refusal('a: "Hi \\uD83D there"\n').startswith("f.yaml:1: a: has half a character")
    assert refusal('"\\uD83D": 1\n').endswith("a key has half a character")
    assert parse_yaml('a: "\\uD83D\\uDE00 \\uFFFD"\n', "f.yaml").data == {"a": "\U0001f600 \ufffd"}


def test_bad_syntax_is_told_with_the_line_where_it_shows() -> None:
    assert refusal("a:\n  b: 1\n c: 2\n").startswith("f.yaml:3: is not YAML: ")


def test_a_byte_that_is_no_text_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"\na: caf\xe9\n")
    assert file_refusal(tmp_path / "f.yaml") == ":2: is not UTF-8 text (byte 0xe9)"


def test_a_file_of_one_megabyte_is_read(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"a: 1\n" + b"\n" * (1_000_000 - 5))
    assert load_yaml(tmp_path / "f.yaml").data == {"a": 1}
    (tmp_path / "f.yaml").write_bytes(b"a: 1\n" + b"\n" * (1_000_000 - 4))
    assert file_refusal(tmp_path / "f.yaml") == ": is larger than 1 MB"


def listing(name: str, item: str, count: int) -> str:
    return f"{name}: &{name} [{', '.join([item] * count)}]\n"


MANY = listing("a", "x", 9) + listing("b", "*a", 10) + listing("c", "*b", 10) + listing("d", "*c", 97)


@pytest.mark.parametrize(("more", "refused"), [(808, False), (809, True)])
def test_a_hundred_thousand_values_are_read_and_no_more(more: int, refused: bool) -> None:
    text = MANY + listing("e", "x", more)
    if refused:
        assert refusal(text) == "f.yaml:5: e[808]: more than 100,000 values"
    else:
        assert len(parse_yaml(text, "f.yaml").data["e"]) == more


def test_where_there_are_too_many_values_is_told_three_keys_deep() -> None:
    assert refusal(f"{MANY}e: [{'x, ' * 805}[[[x]]]]\n") == "f.yaml:5: e[805][0]: more than 100,000 values"


@pytest.mark.parametrize(("depth", "refused"), [(60, False), (61, True)])
def test_sixty_values_may_lie_inside_each_other(depth: int, refused: bool) -> None:
    text = "a: " + "[" * (depth - 1) + "1" + "]" * (depth - 1)
    if refused:
        assert refusal(text) == "f.yaml:1: a[0][0]: is nested too deeply"
    else:
        assert list(parse_yaml(text, "f.yaml").data) == ["a"]


def test_all_problems_are_reported_at_once() -> None:
    assert len(refusal("a: 1\na: 2\n3: x\nb: !t y\n").splitlines()) == 3


def test_aliases_cannot_grow_without_measure() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(9))
    assert "more than 100,000 values" in refusal(bomb)


def test_nesting_has_an_end() -> None:
    assert "is nested too deeply" in refusal("a: " + "[" * 600)
    assert "is nested too deeply" in refusal("a: " + "[" * 100 + "]" * 100)


def test_a_reused_anchor_means_the_last_one() -> None:
    assert parse_yaml("a: &x 1\nb: &x 2\nc: *x\n", "f").data["c"] == 2


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    assert file_refusal(tmp_path / "gone.yaml") == ": cannot be read: No such file or directory"
    assert file_refusal(tmp_path) == ": is a directory, not a file"
    assert file_refusal(tmp_path / "big.yaml") == ": is larger than 1 MB"
    assert file_refusal(tmp_path / "latin.yaml") == ":2: is not UTF-8 text (byte 0xe9)"
    assert file_refusal(Path("/dev/zero")) == ": is not a regular file"


def test_a_file_below_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f.yaml").write_text("a: 1\n")
    monkeypatch.chdir(tmp_path)
    assert load_yaml(tmp_path / "f.yaml").file == "f.yaml"
