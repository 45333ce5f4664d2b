"""scripts/supply_chain/sbom.py: an inventory that says what the lock and the environment say."""

import importlib.metadata
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def sbom(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.supply_chain.sbom", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=50)


@pytest.fixture(scope="module")
def locked() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(sbom().stdout)
    return document


def test_it_is_a_cyclonedx_document_about_callagent(locked: dict[str, Any]) -> None:
    assert (locked["bomFormat"], locked["specVersion"], locked["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", locked["serialNumber"])
    assert locked["metadata"]["component"]["name"] == "callagent"


def test_every_pin_of_the_lock_is_a_component_with_its_hashes(locked: dict[str, Any]) -> None:
    pins = re.findall(r"^([\w.-]+)==([\w.+!]+)", LOCK, re.MULTILINE)
    assert sorted(pins) == sorted((each["name"], each["version"]) for each in locked["components"])
    held = [digest["content"] for each in locked["components"] for digest in each["externalReferences"][0]["hashes"]]
    assert sorted(held) == sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", LOCK))
    references = [each["bom-ref"] for each in locked["components"]]
    assert len(references) == len(set(references))
    assert all(each["purl"] == f"pkg:pypi/{each['name']}@{each['version']}" for each in locked["components"])


def test_what_is_installed_only_somewhere_says_where(locked: dict[str, Any]) -> None:
    conditional = {each["name"] for each in locked["components"] if "properties" in each}
    assert conditional == set(re.findall(r"^([\w.-]+)==\S+ ;", LOCK, re.MULTILINE))


def test_the_same_packages_give_the_same_bytes() -> None:
    assert sbom().stdout == sbom().stdout


def test_an_image_has_an_inventory_of_what_is_installed_in_it(tmp_path: Path) -> None:
    file = tmp_path / "sbom.cdx.json"
    assert sbom("--installed", "--output", file).returncode == 0
    components = {each["name"]: each for each in json.loads(file.read_text())["components"]}
    assert components["click"]["version"] == importlib.metadata.version("click")
    assert components["click"]["externalReferences"][0]["hashes"] and "callagent" not in components


def test_a_file_that_cannot_be_written_is_one_line_and_2(tmp_path: Path) -> None:
    result = sbom("--output", tmp_path / "no" / "file")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
