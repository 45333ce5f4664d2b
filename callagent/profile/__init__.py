"""The YAML profile: reading, merging and checking what users write."""

from callagent.profile.agent_names import agent_flaw
from callagent.profile.author_code import answers_later, call_flaw, can_be_called, last_line, load_target
from callagent.profile.json_schema import profile_schema, schema_of
from callagent.profile.loading import (
    DEFAULT_PROFILE,
    ProfileSummary,
    check_profile,
    list_profiles,
    load_profile,
    preview_profile,
)
from callagent.profile.native_tools import NAME, BroughtTools, place_of
from callagent.profile.overrides import soft_acks_override
from callagent.profile.own_agents import (
    TextTransform,
    load_agent,
    load_hook,
    load_own,
    load_transforms,
    load_wake_up,
    own_tools,
    wake_up_flaw,
)
from callagent.profile.paths import configs_dir
from callagent.profile.profile import Profile
from callagent.profile.sections.agent_settings import CHANGE_ANSWER, AgentSpec, Asked, CollectSpec, hand_over_tool
from callagent.profile.sections.background_settings import (
    CLIPS,
    THINKING,
    BackgroundSettings,
    clip_name,
    unknown_clip,
)
from callagent.profile.sections.call_settings import (
    Destination,
    FlowSettings,
    HoldSettings,
    HookSettings,
    KeySettings,
    LimitSettings,
    NumberSettings,
    Phrases,
    TransferSettings,
)
from callagent.profile.sections.compliance_settings import ComplianceSettings, Disclosure, OptOutSettings
from callagent.profile.sections.dial_settings import (
    CallingHours,
    ClockTime,
    DialSettings,
    Introduction,
    MachineSettings,
    RetrySettings,
    Unanswered,
)
from callagent.profile.sections.http_settings import FIELD, STEP, HttpRequest
from callagent.profile.sections.mcp_settings import McpServer
from callagent.profile.sections.provider_settings import ModelSettings, ProviderSpec, ProvidersSpec
from callagent.profile.sections.reading_settings import NumberReading
from callagent.profile.sections.recording_settings import RecordingFormat, RecordingSettings
from callagent.profile.sections.reply_settings import ReplySpec
from callagent.profile.sections.tool_parameters import ToolParameter
from callagent.profile.sections.tool_settings import BUILT_IN_TOOLS, FillerSettings, ToolMock, ToolSpec
from callagent.profile.sections.turn_settings import EndpointingSettings, InterruptionSettings, VadSettings
from callagent.profile.text_templates import Template, as_text, filled, is_template
from callagent.profile.tool_functions import (
    Target,
    all_tools_known,
    load_targets,
    program_directory,
    takes_context,
    tool_names,
)

__all__ = [
    "BUILT_IN_TOOLS",
    "CHANGE_ANSWER",
    "CLIPS",
    "DEFAULT_PROFILE",
    "FIELD",
    "NAME",
    "STEP",
    "THINKING",
    "AgentSpec",
    "Asked",
    "BackgroundSettings",
    "BroughtTools",
    "CallingHours",
    "ClockTime",
    "CollectSpec",
    "ComplianceSettings",
    "Destination",
    "DialSettings",
    "Disclosure",
    "EndpointingSettings",
    "FillerSettings",
    "FlowSettings",
    "HoldSettings",
    "HookSettings",
    "HttpRequest",
    "InterruptionSettings",
    "Introduction",
    "KeySettings",
    "LimitSettings",
    "MachineSettings",
    "McpServer",
    "ModelSettings",
    "NumberReading",
    "NumberSettings",
    "OptOutSettings",
    "Phrases",
    "Profile",
    "ProfileSummary",
    "ProviderSpec",
    "ProvidersSpec",
    "RecordingFormat",
    "RecordingSettings",
    "ReplySpec",
    "RetrySettings",
    "Target",
    "Template",
    "TextTransform",
    "ToolMock",
    "ToolParameter",
    "ToolSpec",
    "TransferSettings",
    "Unanswered",
    "VadSettings",
    "agent_flaw",
    "all_tools_known",
    "answers_later",
    "as_text",
    "call_flaw",
    "can_be_called",
    "check_profile",
    "clip_name",
    "configs_dir",
    "filled",
    "hand_over_tool",
    "is_template",
    "last_line",
    "list_profiles",
    "load_agent",
    "load_hook",
    "load_own",
    "load_profile",
    "load_target",
    "load_targets",
    "load_transforms",
    "load_wake_up",
    "own_tools",
    "place_of",
    "preview_profile",
    "profile_schema",
    "program_directory",
    "schema_of",
    "soft_acks_override",
    "takes_context",
    "tool_names",
    "unknown_clip",
    "wake_up_flaw",
]
