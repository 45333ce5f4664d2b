"""livekit-server: there, and it takes the key pair."""

import time

from callagent.doctor.check import Check, Finding, failed, ok
from callagent.doctor.subject import Subject
from callagent.worker import InvalidWorker, ServerUnavailable, WorkerConfig
from callagent.worker.preflight import check_server as ask_server

START_IT = (
    "start it (configs/stack: `docker compose up -d`; for development `livekit-server --dev`) or correct LIVEKIT_URL"
)
OTHER_KEYS = (
    "use a key pair from the `keys:` of its configuration, or from LIVEKIT_KEYS; a clock that is off is refused as well"
)


async def check_server(subject: Subject) -> Finding:
    """Asks it for something small that needs a valid key pair."""
    connection = subject.connection
    began = time.perf_counter()
    try:
        await ask_server(WorkerConfig(connection.url, connection.api_key, connection.api_secret, max_calls=1))
    except ServerUnavailable as error:
        return failed(str(error), START_IT)
    except InvalidWorker as error:
        return failed(str(error), OTHER_KEYS)
    return ok(f"livekit-server answers in {(time.perf_counter() - began) * 1000:.0f} ms and takes the key")


SERVER = Check("server", check_server, needs=("keys",), late=("the server did not answer", START_IT))
