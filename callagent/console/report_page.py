"""The report of a call, as `callagent records report` draws it, under a policy that allows nothing inline."""

import base64
import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from callagent import __version__
from callagent.journal import CallJournal
from callagent.recording import RecordingUnavailable, fetch_recording
from callagent.sanitise import storable

_log = logging.getLogger("callagent.console")

_STYLE_ATTRIBUTE = re.compile(r' style="([^"<>]*)"')
"""In a page of the report: texts in it have their quotation marks escaped."""

_META_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="[^"]*">\n')
_INSIDE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class ReportPage:
    """A whole HTML document that loads nothing, and the policy under which it works."""

    html: str
    policy: str


def report_page(
    journal: CallJournal, back: str, recording: str = "", findings: Sequence[tuple[str, str]] = ()
) -> ReportPage:
    """Return the report of a call. Blocks, the first time for seconds: what draws it is imported then.

    Args:
        back: where its link to all calls leads.
        recording: where its recording is kept, which is in the page unless it is too long for that, or not there.
        findings: what a model found out about the call afterwards, by name.
    """
    from callagent.scripted_calls.report import render_call
    from callagent.scripted_calls.report.journal_pages import page_of

    with TemporaryDirectory(prefix="callagent-") as directory:
        report = page_of(replace(journal, recording=_fetched(recording, Path(directory))), Path(directory))
    if report.recording is not None and report.recording.data is None:
        report = replace(report, recording=None)
    made = f"Made by callagent {__version__}"
    return without_inline_styles(storable(render_call(replace(report, made=made, index=back, findings=findings))))


def _fetched(recording: str, directory: Path) -> Path | None:
    if not recording:
        return None
    try:
        return fetch_recording(recording, directory)
    except (RecordingUnavailable, ValueError, OSError) as error:
        _log.warning("a recording cannot be heard", extra={"recording": recording, "error": str(error)})
        return None


def without_inline_styles(html: str) -> ReportPage:
    """Return a page with the same looks whose elements have no styles of their own, and the policy that it needs."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f' data-look="{numbers.setdefault(match[1], len(numbers))}"'

    html = _STYLE_ATTRIBUTE.sub(number, _META_POLICY.sub("", html))
    rules = "".join(f'[data-look="{number}"]{{{style}}}\n' for style, number in numbers.items())
    html = html.replace("</style>", f"{rules}</style>", 1)
    hashes: dict[str, list[str]] = {"style": [], "script": []}
    for tag, content in _INSIDE.findall(html):
        hashes[tag].append(f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'")
    allowed = (f"{tag}-src {' '.join(found) or _NONE}" for tag, found in hashes.items())
    return ReportPage(html, f"default-src 'none'; {'; '.join(allowed)}; {_REST}")


_NONE = "'none'"
_REST = "media-src 'self' data:; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
