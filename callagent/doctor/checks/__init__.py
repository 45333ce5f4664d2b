"""The checks, by what they look at, in the order in which they are told."""

from callagent.doctor.check import Check
from callagent.doctor.checks.key_pair import KEYS
from callagent.doctor.checks.livekit_server import CLOCK, MEDIA, SERVER, SIP
from callagent.doctor.checks.livekit_sip import GATEWAY
from callagent.doctor.checks.mcp_servers import MCP_SERVERS
from callagent.doctor.checks.models import MODELS
from callagent.doctor.checks.ports import PORTS
from callagent.doctor.checks.profiles import PROFILES
from callagent.doctor.checks.storage import DATABASE, RECORDS
from callagent.doctor.checks.trunks import TRUNKS

CHECKS: tuple[Check, ...] = (
    KEYS,
    SERVER,
    CLOCK,
    MEDIA,
    SIP,
    TRUNKS,
    GATEWAY,
    PROFILES,
    MODELS,
    MCP_SERVERS,
    PORTS,
    RECORDS,
    DATABASE,
)
