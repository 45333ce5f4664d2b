"""Recordings in a bucket of S3, or of what speaks its protocol. Who may write there say the variables of AWS.

`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_PROFILE` and the like, and `AWS_ENDPOINT_URL` for a
server other than Amazon's, as boto3 reads them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from callagent.recording.destination import RecordingUnavailable

CONNECT_S: Final = 5.0
"""How long a server may take to be reached, in seconds."""

SILENT_S: Final = 20.0
"""How long it may be silent while it is asked something, in seconds."""

PART_BYTES: Final = 16 << 20
"""Larger recordings are sent in parts of so many bytes."""

TYPES: Final = {".ogg": "audio/ogg", ".wav": "audio/wav"}
"""Ending of a name -> its media type."""

_GONE: Final = frozenset({"404", "NoSuchKey", "NotFound"})


class S3Storage:
    """Objects in a bucket.

    Args:
        prefix: of their keys, without a slash at its end; empty for none.
    """

    def __init__(self, bucket: str, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix
        self._parts = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False)

    def put(self, key: str, file: Path) -> None:
        """Send a file."""
        with _told(self._bucket) as client:
            extra = {"ContentType": TYPES.get(file.suffix, "application/octet-stream")}
            client.upload_file(str(file), self._bucket, self._key(key), ExtraArgs=extra, Config=self._parts)

    def get(self, key: str, to: Path) -> bool:
        """Fetch an object."""
        with _told(self._bucket) as client:
            try:
                client.download_file(self._bucket, self._key(key), str(to), Config=self._parts)
            except ClientError as error:
                if _code(error) not in _GONE:
                    raise
                return False
        return True

    def remove(self, key: str) -> bool:
        """Remove an object."""
        with _told(self._bucket) as client:
            try:
                client.head_object(Bucket=self._bucket, Key=self._key(key))
            except ClientError as error:
                if _code(error) not in _GONE:
                    raise
                return False
            client.delete_object(Bucket=self._bucket, Key=self._key(key))
        return True

    def _key(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key


@contextmanager
def _told(bucket: str) -> Iterator[Any]:
    """Give a client, and raise RecordingUnavailable for what goes wrong with it; nothing in it tells a secret."""
    limits = Config(connect_timeout=CONNECT_S, read_timeout=SILENT_S, retries={"mode": "standard", "max_attempts": 2})
    try:
        yield boto3.client("s3", config=limits)
    except ClientError as error:
        raise RecordingUnavailable(f"s3://{bucket}: refused: {_code(error)}") from error
    except (BotoCoreError, Boto3Error, OSError, ValueError) as error:
        raise RecordingUnavailable(f"s3://{bucket}: {type(error).__name__}") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
