from pathlib import Path

import pytest

from callagent.providers.local.moonshine.tokenizer import END, SPACE, Tokenizer

MARKS = [b"<unk>", b"<s>", b"</s>"]
BYTES = [bytes([byte]) for byte in range(256)]
WORDS = [SPACE + b"h", b"ol", b"d", SPACE + b"hol", SPACE + b"hold", SPACE + b"o", b"n", SPACE + b"on", b"l", b"o"]
VOCABULARY = [*MARKS, *BYTES, *WORDS, SPACE, b"h", b"x" * 200]


def tokenizer() -> Tokenizer:
    return Tokenizer(VOCABULARY)


def as_file(pieces: list[bytes]) -> bytes:
    data = b""
    for piece in pieces:
        length = len(piece)
        data += bytes([length]) if length < 128 else bytes([length % 128 + 128, length // 128])
        data += piece
    return data


def test_words_are_made_of_the_pieces_that_stand_first() -> None:
    known = tokenizer()
    tokens = known.encode("hold on")
    assert [VOCABULARY[token] for token in tokens] == [SPACE + b"hold", SPACE + b"on"]
    assert known.decode(tokens) == "hold on"


def test_what_the_vocabulary_lacks_is_spelt_in_bytes() -> None:
    known = tokenizer()
    assert known.decode(known.encode("hold é")) == "hold é"


def test_marks_are_no_text() -> None:
    known = tokenizer()
    assert known.decode([*known.encode("on"), END]) == "on"


def test_a_file_gives_the_vocabulary_that_it_was_written_from(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.bin"
    file.write_bytes(as_file(VOCABULARY))
    assert Tokenizer.read(file).encode("hold on") == tokenizer().encode("hold on")


@pytest.mark.parametrize("cut", [1, 199, 201])
def test_a_file_that_is_cut_off_is_refused(cut: int, tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.bin"
    file.write_bytes(as_file(VOCABULARY)[:-cut])
    with pytest.raises(ValueError, match="cut off"):
        Tokenizer.read(file)


def test_a_file_without_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.bin"
    file.write_bytes(as_file([*MARKS, *BYTES]))
    with pytest.raises(ValueError, match="no words"):
        Tokenizer.read(file)
