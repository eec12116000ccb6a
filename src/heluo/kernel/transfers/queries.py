"""Reads. Whoever calls has checked that the actor may see the thing that these contents belong to."""

from collections.abc import Collection, Mapping
from uuid import UUID

from heluo.kernel.files.enums import READABLE_STATES
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import Standing
from heluo.kernel.transfers.enums import CopyState
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.registry import given


def copies_of(sha256s: Collection[str]) -> Mapping[str, StoredFile]:
    """The stored files of those contents that came here from elsewhere, in a fixed number of queries."""
    files = StoredFile.objects.for_display()
    here = Copy.objects.filter(sha256__in=set(sha256s), state=CopyState.HERE).values_list("sha256", "file_id")
    found = dict(here)
    by_key = files.in_bulk(found.values())
    return {sha256: by_key[key] for sha256, key in found.items()}


def held_of(sha256s: Collection[str]) -> set[str]:
    """Those of these contents that came here from elsewhere."""
    return set(Copy.objects.filter(sha256__in=set(sha256s), state=CopyState.HERE).values_list("sha256", flat=True))


def states_of(sha256s: Collection[str]) -> Mapping[str, Copy]:
    """What is known of those contents that somebody here ever wanted."""
    return {copy.sha256: copy for copy in Copy.objects.filter(sha256__in=set(sha256s))}


def hashes_of_copies(files: Collection[UUID]) -> Mapping[UUID, str]:
    """Which of these stored files came here from elsewhere, and what they hold."""
    found = Copy.objects.filter(file__uuid__in=set(files), state=CopyState.HERE)
    return dict(found.values_list("file__uuid", "sha256"))


def node_to_ask(origin: str) -> str:
    """Which node is asked for what was first published at another: that one, if we ask it, else the one above us."""
    asked = Node.objects.filter(standing=Standing.ACTIVE).exclude(address="").order_by("since", "id")
    domains = list(asked.values_list("domain", flat=True))
    return origin if origin in domains else next(iter(domains), "")


def contents_for(sha256s: Collection[str], *, domain: str) -> Mapping[str, Blob]:
    """Those of these contents that another node may have and that can be read here."""
    allowed = given(sha256s, to=domain)
    blobs = Blob.objects.filter(sha256__in=allowed, scan_state__in=READABLE_STATES) if allowed else ()
    return {blob.sha256: blob for blob in blobs}
