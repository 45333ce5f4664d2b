"""The YAML profile: reading, merging and checking what users write."""

from callagent.phrases import phrase_key
from callagent.profile.callsettings import (
    Destination,
    FlowSettings,
    HoldSettings,
    KeySettings,
    LimitSettings,
    NumberSettings,
    Phrases,
    TransferSettings,
)
from callagent.profile.dialsettings import (
    CallingHours,
    ClockTime,
    DialSettings,
    Introduction,
    MachineSettings,
    RetrySettings,
    Unanswered,
)
from callagent.profile.dialstring import NumberKind
from callagent.profile.errors import ConfigError, Flaw, FlawsError, Problem, nearest
from callagent.profile.loading import (
    DEFAULT_PROFILE,
    ProfileSummary,
    check_profile,
    list_profiles,
    load_profile,
    preview_profile,
)
from callagent.profile.model import Profile
from callagent.profile.overrides import soft_acks_override
from callagent.profile.paths import configs_dir
from callagent.profile.providerspec import ProviderSpec, ProvidersSpec
from callagent.profile.readingsettings import NumberReading
from callagent.profile.schema import profile_schema, schema_of
from callagent.profile.secrets import masked
from callagent.profile.settings import Settings
from callagent.profile.targets import Target, load_targets
from callagent.profile.toolspec import BUILT_IN_TOOLS, FillerSettings, ReplySpec, ToolParameter, ToolSpec
from callagent.profile.turnsettings import EndpointingSettings, InterruptionSettings, VadSettings
from callagent.profile.units import Duration, Level, Percent
from callagent.profile.validation import validate
from callagent.profile.yamlfile import Document, load_yaml, parse_yaml

__all__ = [
    "BUILT_IN_TOOLS",
    "DEFAULT_PROFILE",
    "CallingHours",
    "ClockTime",
    "ConfigError",
    "Destination",
    "DialSettings",
    "Document",
    "Duration",
    "EndpointingSettings",
    "FillerSettings",
    "Flaw",
    "FlawsError",
    "FlowSettings",
    "HoldSettings",
    "InterruptionSettings",
    "Introduction",
    "KeySettings",
    "Level",
    "LimitSettings",
    "MachineSettings",
    "NumberKind",
    "NumberReading",
    "NumberSettings",
    "Percent",
    "Phrases",
    "Problem",
    "Profile",
    "ProfileSummary",
    "ProviderSpec",
    "ProvidersSpec",
    "ReplySpec",
    "RetrySettings",
    "Settings",
    "Target",
    "ToolParameter",
    "ToolSpec",
    "TransferSettings",
    "Unanswered",
    "VadSettings",
    "check_profile",
    "configs_dir",
    "list_profiles",
    "load_profile",
    "load_targets",
    "load_yaml",
    "masked",
    "nearest",
    "parse_yaml",
    "phrase_key",
    "preview_profile",
    "profile_schema",
    "schema_of",
    "soft_acks_override",
    "validate",
]
