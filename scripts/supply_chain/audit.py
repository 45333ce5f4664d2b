"""Looks every locked package up in the index's own list of known vulnerabilities.

PyPI answers /pypi/NAME/VERSION/json with what the Python Packaging Advisory Database knows; a mirror may or may not.
Only the index that is configured is asked. Its answers are foreign text: no control character of them is printed.
"""

import argparse
import base64
import json
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from callagent.sanitise import blanked
from scripts.supply_chain.lock import LOCK, InvalidLock, Package, read_lock

PYPI = "https://pypi.org/simple"
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
NOTHING_KNOWN, VULNERABLE, INVALID, UNREACHABLE = range(4)
TIMEOUT_S = 20.0
ENOUGH = 3
"""So many packages in vain, and the index has no such list: the others are not asked for."""

SIDE_BY_SIDE = 4
LONGEST_ANSWER = 64 << 20
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Vulnerability:
    """One that is known of a locked package. `fixed_in` may be empty: nothing is released yet."""

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    fixed_in: tuple[str, ...]
    summary: str


class NotTold(Exception):
    """The index tells nothing about a package; the message says why."""


class _NoRedirect(HTTPRedirectHandler):
    """What an index answers with another address is not followed: it might be anybody's."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Index:
    """A package index with a list of vulnerabilities.

    Args:
        url: as pip has it, with /simple; a name and password in it are sent to it, and not shown.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is not an http or https address")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = host if parts.port is None else f"{host}:{parts.port}"
        path = parts.path.rstrip("/").removesuffix("/simple")
        self.shown = urlunsplit((parts.scheme, place, path, "", ""))
        self._headers = {"Accept": "application/json", "User-Agent": "callagent-audit"}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        self._opener = build_opener(_NoRedirect)

    def vulnerabilities(self, package: Package) -> list[Vulnerability]:
        """Return those that are known of a package. Raise NotTold."""
        request = Request(f"{self.shown}/pypi/{package.name}/{package.version}/json", headers=self._headers)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                told = json.loads(answer.read(LONGEST_ANSWER))
        except HTTPError as error:
            raise NotTold(f"HTTP {error.code}") from error
        except (OSError, HTTPException) as error:
            raise NotTold(_clean(getattr(error, "reason", None) or error)) from error
        except (ValueError, RecursionError) as error:
            raise NotTold("the answer is not JSON") from error
        listed = told.get("vulnerabilities") if isinstance(told, dict) else None
        if not isinstance(listed, list):
            raise NotTold("the answer has no list of vulnerabilities")
        known = [each for each in listed if isinstance(each, dict) and not each.get("withdrawn")]
        return [_vulnerability(package, each) for each in known]


def audit(index: Index, packages: Sequence[Package]) -> tuple[list[Vulnerability], dict[str, str]]:
    """Return what is known, and why nothing is known of which packages. Stop asking
    an index that has told nothing at all.
    """
    found: list[Vulnerability] = []
    untold: dict[str, str] = {}

    def ask(package: Package) -> list[Vulnerability] | NotTold:
        try:
            return index.vulnerabilities(package)
        except NotTold as reason:
            return reason

    first, rest = packages[:ENOUGH], packages[ENOUGH:]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for some in (first, rest):
            for package, told in zip(some, pool.map(ask, some), strict=True):
                if isinstance(told, NotTold):
                    untold[f"{package.name}=={package.version}"] = str(told)
                else:
                    found += told
            if len(untold) == len(first):
                break
    return found, untold


def _vulnerability(package: Package, told: Mapping[str, Any]) -> Vulnerability:
    def texts(key: str) -> tuple[str, ...]:
        return tuple(map(_clean, told[key])) if isinstance(told.get(key), list) else ()

    summary = _clean(told.get("summary") or told.get("details") or "")
    known_as = _clean(told.get("id", "?"))
    return Vulnerability(package.name, package.version, known_as, texts("aliases"), texts("fixed_in"), summary)


def _clean(text: object) -> str:
    """Return foreign text as one line without control characters, and not too long."""
    return " ".join(blanked(str(text)).split())[:LONGEST_TEXT]


def _configured(environment: Mapping[str, str]) -> str:
    return next((environment[name] for name in INDEX_VARIABLES if environment.get(name)), PYPI)


def _line(each: Vulnerability) -> str:
    known_as = f" ({', '.join(each.aliases)})" if each.aliases else ""
    cure = f"fixed in {', '.join(each.fixed_in)}" if each.fixed_in else "no fix is released"
    return f"{each.package}=={each.version}: {each.id}{known_as}, {cure}: {each.summary}"


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Exit status: 0 nothing is known, 1 something is, 2 the lock or an option is not valid, 3 not all was told."""
    parser = argparse.ArgumentParser(
        prog="scripts/audit",
        description="Look the locked packages up among the known vulnerabilities.",
        epilog="Exit status: 0 nothing is known against them, 1 something is, 2 the lock or an option is not valid, "
        "3 the index does not tell, or not of all packages.",
    )
    parser.add_argument("--lock", type=Path, default=LOCK, help="the lock (requirements.lock)")
    parser.add_argument("--index", default=_configured(environment), help=f"as pip has it (configured, or {PYPI})")
    parser.add_argument("--ignore", action="append", default=[], metavar="ID", help="one that was looked at")
    parser.add_argument("--json", action="store_true", help="print JSON alone on standard output")
    options = parser.parse_args(arguments)
    try:
        index, packages = Index(options.index), read_lock(options.lock)
    except InvalidLock as error:
        print(error, file=sys.stderr)
        return INVALID
    except ValueError as error:
        print(f"--index: {error}", file=sys.stderr)
        return INVALID
    found, untold = audit(index, packages)
    open_ones = [each for each in found if not {each.id, *each.aliases} & set(options.ignore)]
    if options.json:
        told = {"index": index.shown, "vulnerabilities": [asdict(each) for each in open_ones], "not_told": untold}
        print(json.dumps(told, indent=2))
    else:
        for each in open_ones:
            print(_line(each))
    return _concluded(index, packages, open_ones, untold)


def _concluded(
    index: Index, packages: Sequence[Package], found: Sequence[Vulnerability], untold: Mapping[str, str]
) -> int:
    """Say how far the audit came, on standard error, and give the exit status."""
    if len(untold) == min(ENOUGH, len(packages)) and not found:
        reason = next(iter(untold.values()))
        print(f"not audited: no list of known vulnerabilities is reachable at {index.shown}: {reason}", file=sys.stderr)
        return UNREACHABLE
    for name, reason in untold.items():
        print(f"not told: {name}: {reason}", file=sys.stderr)
    known = f"{len(found)} known vulnerabilities" if found else "no known vulnerability"
    print(f"{len(packages) - len(untold)} of {len(packages)} packages: {known}", file=sys.stderr)
    if found:
        return VULNERABLE
    return UNREACHABLE if untold else NOTHING_KNOWN


if __name__ == "__main__":
    sys.exit(main())
