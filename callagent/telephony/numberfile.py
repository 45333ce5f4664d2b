"""A file with one telephone number a line, such as a do-not-call list."""

from pathlib import Path

from callagent.profile import ConfigError, Problem
from callagent.telephony.numbers import InvalidNumber, parse_number


def read_number_file(path: Path, region: str | None = None) -> dict[str, int]:
    """Numbers in E.164 with the line on which each stands; `#` begins a comment, what follows a comma is ignored.

    Raises:
        ConfigError: the file cannot be read, or a line is no number: a number nobody understands protects nobody.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError.single(str(path), f"cannot be read: {reason}") from error
    numbers: dict[str, int] = {}
    problems = []
    for line, text in enumerate(lines, 1):
        written = text.partition("#")[0].partition(",")[0].strip().strip('"')
        if not written or (line == 1 and written.casefold() in ("number", "phone", "telephone")):
            continue
        try:
            numbers.setdefault(parse_number(written, region).e164, line)
        except InvalidNumber as error:
            problems.append(Problem(str(path), line, "", str(error)))
    if problems:
        raise ConfigError(*problems)
    return numbers
