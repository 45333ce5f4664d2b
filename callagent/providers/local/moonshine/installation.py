"""Whether Moonshine can be used here: its package, its files and their checksums, the processor."""

import hashlib
import importlib.util
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PACKAGE: Final = "moonshine_voice"
"""The package that carries the weights. It is never imported: that loads libraries for sound cards."""

INSTALL: Final = "pip install 'callagent[local]'"

_FOLDER: Final = ("assets", "tiny-en")

ENCODER, DECODER, VOCABULARY = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"

CHECKSUMS: Final[Mapping[str, str]] = {
    ENCODER: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    DECODER: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    VOCABULARY: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""SHA-256 of the files of moonshine-voice 0.0.73, the last version that carries them."""

NEEDED_ON_X86: Final = "avx2"
"""Without it a pass over a second of speech takes longer than that second leaves for it."""

_CPU_INFO = Path("/proc/cpuinfo")


class Unusable(Exception):
    """Moonshine cannot be used here; the message says why."""


def find_weights() -> Path:
    """Return the folder of the model's files, all of them there and whole. Blocks for a tenth of a second.

    Raises:
        Unusable: a package or a file is missing, a file is another one, or the processor cannot do it.
    """
    for package in (PACKAGE, "onnxruntime"):
        if importlib.util.find_spec(package) is None:
            raise Unusable(f"the package {package} is not installed: {INSTALL}")
    spec = importlib.util.find_spec(PACKAGE)
    places = (spec.submodule_search_locations or []) if spec else []
    folder = Path(*places[:1], *_FOLDER)
    for name, checksum in CHECKSUMS.items():
        _check(folder / name, checksum)
    _check_processor()
    return folder


def _check(file: Path, checksum: str) -> None:
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}") from error
    if found != checksum:
        raise Unusable(f"{file} is not the file of moonshine-voice 0.0.73, its checksum is another")


def _check_processor() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        return
    try:
        lines = _CPU_INFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # no Linux: nothing is known, and nothing is said against it
        return
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), None)
    if flags is not None and NEEDED_ON_X86 not in flags:
        raise Unusable(f"the processor has no {NEEDED_ON_X86.upper()}")
