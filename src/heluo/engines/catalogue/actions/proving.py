"""Proving what the public was told: a Merkle tree of everything, and of each set."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery

from heluo.engines.catalogue.models import EntrySet, Proof, ProofPart, PublicFace, SetMember, Told
from heluo.engines.catalogue.proofs import ABOVE, depth_for, hung
from heluo.engines.catalogue.vocabulary import TELLING_LOCK

EVERYTHING = ""
LEAVES = """
    SELECT entry.uuid, face.leaf
      FROM catalogue_publicface AS face JOIN catalogue_entry AS entry ON entry.id = face.entry_id
     WHERE NOT face.is_gone
"""
OF_A_SET = f"{LEAVES} AND face.seq IN (SELECT seq FROM catalogue_setmember WHERE entry_set_id = %s)"  # noqa: S608
KEEP = (
    "INSERT INTO catalogue_proofpart (proof_id, prefix, count, hash) SELECT %s, prefix, count, hash FROM ({}) AS part"
)


def renew_proofs(*, now: datetime) -> int:
    """Prove what has changed since it was proved last; how many proofs were made. Each in a transaction of its own."""
    told = Told.objects.values_list("seq", flat=True).first() or 0
    proofs = dict(Proof.objects.values_list("name", "seq"))
    proved = Proof.objects.filter(name=OuterRef("name")).values("seq")[:1]
    sets = EntrySet.objects.annotate(proved=Subquery(proved))
    stale = list(sets.filter(Q(proved=None) | Q(proved__lt=F("seq"))).order_by("name").values_list("name", "pk"))
    if told > proofs.get(EVERYTHING, 0):
        prove(EVERYTHING, None, now=now)
        for name, key in stale:
            prove(name, key, now=now)
        return 1 + len(stale)
    return 0


@transaction.atomic
def prove(name: str, entry_set: int | None, *, now: datetime) -> None:
    """One tree, while nothing is told: all of it is of one moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [TELLING_LOCK])
    rows = PublicFace.objects.all() if entry_set is None else SetMember.objects.filter(entry_set=entry_set)
    depth = depth_for(rows.count())
    proof, _is_new = Proof.objects.update_or_create(
        name=name, defaults={"seq": Told.objects.get().seq, "at": now, "depth": depth}
    )
    ProofPart.objects.filter(proof=proof).delete()
    leaves, params = (LEAVES, []) if entry_set is None else (OF_A_SET, [entry_set])
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(hung(leaves)), [proof.pk, depth, *params])
        for at in reversed(range(depth)):
            cursor.execute(KEEP.format(ABOVE.format(parts=BELOW)), [proof.pk, proof.pk, at + 1])


BELOW = "(SELECT prefix, count, hash FROM catalogue_proofpart WHERE proof_id = %s AND length(prefix) = %s) AS below"
