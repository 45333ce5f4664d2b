"""YAML that users write, checked against pydantic models: mistakes name file, line, key and nearest word."""

from callagent.yaml_config.errors import ConfigError, Flaw, FlawsError, Problem, did_you_mean, nearest
from callagent.yaml_config.units import Duration, Level, Percent
from callagent.yaml_config.validation import Settings, validate
from callagent.yaml_config.yaml_file import Document, load_yaml, parse_yaml

__all__ = [
    "ConfigError",
    "Document",
    "Duration",
    "Flaw",
    "FlawsError",
    "Level",
    "Percent",
    "Problem",
    "Settings",
    "did_you_mean",
    "load_yaml",
    "nearest",
    "parse_yaml",
    "validate",
]
