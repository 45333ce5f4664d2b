"""SIP files for tests, and what is said about them."""

from pathlib import Path

from callagent.provisioning import SipFile, load_sip
from callagent.yaml_config import ConfigError

SECRETS = {"TRUNK_PASSWORD": "correct-horse-battery", "PIN": "48151623", "TOKEN": "tok-en-42"}

TRUNK = "inbound_trunks: {main: {numbers: ['+12025550100', '+12025550101']}}"


def write(directory: Path, text: str) -> Path:
    path = directory / "sip.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def load(directory: Path, text: str, env: dict[str, str] | None = None) -> SipFile:
    return load_sip(write(directory, text), SECRETS if env is None else env)


def problems(directory: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    """The lines of the error, without the directory; none where the file is fine."""
    try:
        load(directory, text, env)
    except ConfigError as error:
        return str(error).replace(f"{directory}/", "").splitlines()
    return []
