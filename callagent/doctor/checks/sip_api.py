"""livekit-server's SIP API, which needs Redis."""

from callagent.doctor.check import Check, Finding, failed, ok
from callagent.doctor.subject import Subject
from callagent.livekit_api import Refused, ServerError, SipDisabled, Unauthorised, open_client

ADD_REDIS = (
    "give livekit-server a `redis:` section, as configs/stack/livekit.yaml has it, and restart it; livekit-sip needs "
    "the same Redis"
)
GRANT_SIP = "the key pair has to allow SIP administration"


async def check_sip(subject: Subject) -> Finding:
    """Lists one kind of SIP object."""
    try:
        async with open_client(subject.connection) as server:
            await server.dispatch_rules()
    except SipDisabled:
        return failed("livekit-server runs without Redis: no trunks, no phone calls", ADD_REDIS)
    except Refused as error:
        return failed(f"the SIP API answers {error.code} ({error.status})", GRANT_SIP)
    except Unauthorised:
        return failed("the SIP API refuses the API key", GRANT_SIP)
    except ServerError as error:
        return failed(f"the SIP API does not answer ({type(error).__name__})", "look into the log of livekit-server")
    return ok("the SIP API answers")


SIP = Check("sip", check_sip, needs=("server",), late=("the SIP API did not answer", "is its Redis reachable?"))
