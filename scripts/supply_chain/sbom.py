"""Writes a CycloneDX inventory (SBOM) of the locked packages, or of those that are installed with this Python.

It has no time and no place, and its serial number is made from the rest: the same packages give the same bytes.
"""

import argparse
import importlib.metadata
import json
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.supply_chain.lock import LOCK, InvalidLock, Package, normalised, read_lock

SPECIFICATION = "1.6"
APPLICATION = "callagent"
ALGORITHMS = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
LONGEST_LICENCE = 100
"""Longer texts in a package's field `License` are the licence itself, not its name."""


def inventory(packages: Sequence[Package], version: str | None) -> dict[str, Any]:
    """Return the CycloneDX document: a component for each package, in the order of their names."""
    components = [_component(each) for each in sorted(packages, key=lambda each: (each.name, each.version))]
    application = {"type": "application", "bom-ref": APPLICATION, "name": APPLICATION}
    if version:
        application["version"] = version
    body = {"metadata": {"component": application}, "components": components}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **body,
    }


def installed(locked: Sequence[Package]) -> list[Package]:
    """Return what this Python has, callagent itself apart, with the hashes of the
    lock where the lock has that version.
    """
    pins = {(each.name, each.version): each for each in locked}
    found: dict[str, Package] = {}
    for distribution in importlib.metadata.distributions():
        name, version = normalised(distribution.name), distribution.version
        found.setdefault(name, pins.get((name, version), Package(name, version)))  # of two, the first is imported
    found.pop(APPLICATION, None)
    return list(found.values())


def _component(package: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
    }
    if licence := _licence(package):
        component["licenses"] = [licence]
    if package.marker:
        component["properties"] = [{"name": "callagent:marker", "value": package.marker}]
    hashes = [{"alg": ALGORITHMS[name], "content": digest} for name, digest in package.hashes if name in ALGORITHMS]
    if hashes:
        page = f"https://pypi.org/project/{package.name}/{package.version}/"
        component["externalReferences"] = [{"type": "distribution", "url": page, "hashes": hashes}]
    return component


def _licence(package: Package) -> dict[str, Any] | None:
    try:
        metadata = importlib.metadata.metadata(package.name)
    except importlib.metadata.PackageNotFoundError:
        return None
    if metadata["Version"] != package.version:
        return None
    if "License-Expression" in metadata:
        return {"expression": metadata["License-Expression"]}
    name = metadata["License"].strip() if "License" in metadata else ""
    return {"license": {"name": name}} if name and len(name) <= LONGEST_LICENCE and "\n" not in name else None


def _version() -> str | None:
    try:
        return importlib.metadata.version(APPLICATION)
    except importlib.metadata.PackageNotFoundError:
        return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 written, 2 the lock is not valid, or there is no writing to the file."""
    parser = argparse.ArgumentParser(prog="scripts/sbom", description="Write a CycloneDX inventory of the packages.")
    parser.add_argument("--lock", type=Path, default=LOCK, help="the lock (requirements.lock)")
    parser.add_argument("--installed", action="store_true", help="only what is installed, whether locked or not")
    parser.add_argument("--output", type=Path, help="a file instead of standard output")
    options = parser.parse_args(arguments)
    try:
        locked = read_lock(options.lock)
        packages = installed(locked) if options.installed else locked
        text = json.dumps(inventory(packages, _version()), indent=2) + "\n"
        if options.output is None:
            sys.stdout.write(text)
        else:
            options.output.write_text(text, encoding="utf-8")
    except InvalidLock as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{options.output}: cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
