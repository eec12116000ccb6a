"""The store in a bucket that speaks S3. Large contents travel in parts; a broken journey goes on where it stopped."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from heluo.kernel.files.storage.interface import CHUNK, ContentMissing, Kept, OutOfRoom, StorageTrouble, place_of

PART = 16 * 1024 * 1024
"""Bytes of a part; 10,000 parts are the most S3 knows, so contents may have up to 156 GiB."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
QUARANTINE = "quarantine/"
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_FULL = frozenset(
    {"507", "InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"}
)
"""What stores answer that have no room: the status as HTTP has it, Ceph's and MinIO's names."""


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where the bucket is and how to be let in."""

    endpoint: str
    bucket: str
    key: str
    secret: str
    region: str
    prefix: str


def parse_storage_url(url: str) -> S3Place:
    """Read `s3://KEY:SECRET@HOST:PORT/BUCKET?region=…&prefix=…&tls=no`. Raises ValueError with what is wrong.

    `tls` is `yes` except on this very machine. Key and secret are percent-encoded where they hold `/`, `+` or `@`.
    """
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket or "/" in bucket:
        raise ValueError("STORAGE_URL must read s3://KEY:SECRET@HOST:PORT/BUCKET")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = set(options) - {"region", "prefix", "tls"}
    if unknown:
        raise ValueError(f"STORAGE_URL: unknown option {', '.join(sorted(unknown))}")
    secure = options.get("tls", "no" if parts.hostname in LOOPBACK else "yes") == "yes"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port else ""
    prefix = options.get("prefix", "").strip("/")
    return S3Place(
        endpoint=f"{'https' if secure else 'http'}://{host}{port}",
        bucket=bucket,
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        region=options.get("region", "us-east-1"),
        prefix=f"{prefix}/" if prefix else "",
    )


@contextmanager
def _trouble_named(sha256: str = "") -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in _MISSING:
            raise ContentMissing(sha256) from error
        raise (OutOfRoom if code in _FULL else StorageTrouble)(f"S3: {error}") from error
    except BotoCoreError as error:
        raise StorageTrouble(f"S3: {error}") from error


class S3Storage:
    """Contents as objects. A multipart upload is invisible until it is completed, in one step."""

    def __init__(self, place: S3Place) -> None:
        self.bucket = place.bucket
        self.prefix = place.prefix
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=place.endpoint,
            aws_access_key_id=place.key,
            aws_secret_access_key=place.secret,
            region_name=place.region,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path"},
                retries={"max_attempts": 4, "mode": "standard"},
                connect_timeout=10,
                read_timeout=60,
                # Checksums of AWS's newer kind are unknown to many stores that speak S3.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}{place_of(sha256)}"

    def put(self, sha256: str, source: Path) -> None:
        if not self.has(sha256):
            with _trouble_named(sha256):
                if source.stat().st_size <= PART:
                    self.client.put_object(Bucket=self.bucket, Key=self._key(sha256), Body=source.read_bytes())
                else:
                    self._put_in_parts(sha256, source)

    def _put_in_parts(self, sha256: str, source: Path) -> None:
        address = {"Bucket": self.bucket, "Key": self._key(sha256)}
        journey, arrived = self._unfinished(sha256)
        if journey is None:
            journey = self.client.create_multipart_upload(**address)["UploadId"]
        parts = []
        with source.open("rb") as whole:
            number = 0
            while body := whole.read(PART):
                number += 1
                tag = arrived.get(number)
                if tag != hashlib.md5(body, usedforsecurity=False).hexdigest():
                    sent = self.client.upload_part(**address, UploadId=journey, PartNumber=number, Body=body)
                    tag = sent["ETag"].strip('"')
                parts.append({"PartNumber": number, "ETag": tag})
        self.client.complete_multipart_upload(**address, UploadId=journey, MultipartUpload={"Parts": parts})

    def _unfinished(self, sha256: str) -> tuple[str | None, dict[int, str]]:
        """A journey that a kill cut short, and the MD5 of each part that had arrived."""
        key = self._key(sha256)
        listed = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=key).get("Uploads", [])
        journeys = [each["UploadId"] for each in listed if each["Key"] == key]
        if not journeys:
            return None, {}
        arrived: dict[int, str] = {}
        pages = self.client.get_paginator("list_parts").paginate(Bucket=self.bucket, Key=key, UploadId=journeys[0])
        for page in pages:
            arrived |= {part["PartNumber"]: part["ETag"].strip('"') for part in page.get("Parts", [])}
        return journeys[0], arrived

    def read(self, sha256: str, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        asked = {} if first == 0 and last is None else {"Range": f"bytes={first}-{'' if last is None else last}"}
        with _trouble_named(sha256):
            body = self.client.get_object(Bucket=self.bucket, Key=self._key(sha256), **asked)["Body"]
        return _pieces(sha256, body)

    def has(self, sha256: str) -> bool:
        try:
            with _trouble_named(sha256):
                self.client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        except ContentMissing:
            return False
        return True

    def delete(self, sha256: str) -> None:
        with _trouble_named(sha256):
            self.client.delete_object(Bucket=self.bucket, Key=self._key(sha256))
            self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{QUARANTINE}{sha256}")

    def quarantine(self, sha256: str) -> None:
        if not self.has(sha256):
            return
        source = {"Bucket": self.bucket, "Key": self._key(sha256)}
        with _trouble_named(sha256):
            self.client.copy(source, self.bucket, f"{self.prefix}{QUARANTINE}{sha256}")
            self.client.delete_object(**source)

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="heluo-content-") as folder:
            copy = Path(folder) / sha256
            with copy.open("wb") as target:
                for piece in self.read(sha256):
                    target.write(piece)
            yield copy

    def contents(self) -> Iterator[Kept]:
        with _trouble_named():
            for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
                for entry in page.get("Contents", []):
                    name = entry["Key"].rpartition("/")[2]
                    if len(name) == 64 and entry["Key"] == self._key(name):
                        yield Kept(sha256=name, size=entry["Size"], modified=entry["LastModified"].timestamp())

    def check(self) -> None:
        probe = f"{self.prefix}probe"
        with _trouble_named(probe):
            self.client.put_object(Bucket=self.bucket, Key=probe, Body=b"1")
            self.client.get_object(Bucket=self.bucket, Key=probe)["Body"].read()


def _pieces(sha256: str, body: Any) -> Iterator[bytes]:
    with _trouble_named(sha256):
        yield from body.iter_chunks(CHUNK)
