"""What was proved of what the public was told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from heluo.engines.catalogue.errors import NoProofYet
from heluo.engines.catalogue.models import EntrySet, Proof, ProofPart, PublicFace
from heluo.engines.catalogue.proofs import Part, bounds


@dataclass(frozen=True, slots=True)
class ProvedLine:
    """An entry as it was told last; `seq` is larger than that of the proof where that was later.
    A gone one has no leaf.
    """

    identifier: UUID
    origin: str
    seq: int
    is_gone: bool
    leaf: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof, the parts just below some prefixes, and the entries under those at the bottom."""

    proof: Proof
    root: Part
    parts: dict[str, Part]
    lines: Sequence[ProvedLine]


def proof_of(within: str, *, prefixes: Collection[str]) -> Proved:
    """The proof of a set, or of everything (""), below some prefixes. Raises `NoProofYet`."""
    proof = Proof.objects.filter(name=within).first()
    if proof is None:
        raise NoProofYet
    upper = [prefix for prefix in prefixes if len(prefix) < proof.depth]
    wanted = Q(prefix="") | Q(prefix__in=[f"{prefix}{digit:x}" for prefix in upper for digit in range(16)])
    parts = {
        part.prefix: Part(part.count, bytes(part.hash).hex()) for part in ProofPart.objects.filter(wanted, proof=proof)
    }
    root = parts.pop("", Part(0, ""))
    bottom = [prefix for prefix in prefixes if len(prefix) >= proof.depth]
    return Proved(proof, root, parts, _lines(within, bottom))


def _lines(within: str, prefixes: Collection[str]) -> list[ProvedLine]:
    if not prefixes:
        return []
    under = Q()
    for prefix in prefixes:
        under |= Q(entry__uuid__range=bounds(prefix))
    faces = PublicFace.objects.filter(under).order_by("entry__uuid")
    if within:
        faces = faces.filter(sets__contains=list(EntrySet.objects.filter(name=within).values_list("pk", flat=True)))
    rows = faces.values_list("entry__uuid", "entry__origin", "seq", "is_gone", "leaf")
    return [
        ProvedLine(uuid, origin, seq, gone, "" if gone else bytes(leaf).hex()) for uuid, origin, seq, gone, leaf in rows
    ]
