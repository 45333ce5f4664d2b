"""`scripts/bench fuzz`: what it makes of what pytest reports."""

from pathlib import Path

from scripts.benchmarks.fuzz import read

REPORT = """<testsuites><testsuite>
<testcase name="test_list_rows" time="1.5"/>
<testcase name="test_metadata" time="2"><failure message="no"/></testcase>
<testcase name="test_expressions" time="3"><error message="no"/></testcase>
</testsuite></testsuites>"""


def test_kinds_of_input_are_read_with_what_became_of_them(tmp_path: Path) -> None:
    report = tmp_path / "fuzz.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert read(report) == [("list rows", 1.5, True), ("metadata", 2.0, False), ("expressions", 3.0, False)]


def test_without_a_report_there_are_no_kinds(tmp_path: Path) -> None:
    assert read(tmp_path / "none.xml") == []
