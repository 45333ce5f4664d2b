from pathlib import Path

import pytest

from scripts.mutation.rooms import ROOMS, InvalidRoom, Room

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ROOMS)
def test_every_path_of_a_room_is_there(name: str) -> None:
    files = ROOMS[name].files(ROOT)
    assert files and all((ROOT / file).is_file() for file in files)


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    with pytest.raises(InvalidRoom, match=r"what is not there: shop/gone\.py, tests$"):
        Room(("shop", "shop/gone.py"), ("tests",)).files(tmp_path)


def test_a_folder_stands_for_the_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "shop" / "inner").mkdir(parents=True)
    for name in ("till.py", "inner/deep.py", "notes.txt"):
        (tmp_path / "shop" / name).touch()
    assert Room(("shop",), ()).files(tmp_path) == ["shop/till.py"]
