"""What is done with credentials and the keys they are signed with."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from heluo.engines.credentials.access import Permission
from heluo.engines.credentials.crypto import proven
from heluo.engines.credentials.documents import Content, document_of, jwt_of
from heluo.engines.credentials.enums import Format
from heluo.engines.credentials.issuers import method_of_key, own_issuer_id
from heluo.engines.credentials.keys import key_in_use, make_key
from heluo.engines.credentials.models import SigningKey
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record

SAMPLE_LASTS = timedelta(days=365)


@transaction.atomic
def rotate_signing_key(*, by: Actor, revoke: bool = False, now: datetime) -> SigningKey:
    """Sign with a new key from now on. What the old one signed stays verifiable, unless it is revoked: then it may be
    in other hands, and nothing it signed is believed any more.
    """
    require(by, Permission.ROTATE)
    former, _private = key_in_use(now=now)
    locked = SigningKey.objects.select_for_update().get(pk=former.pk)
    locked.retired_at, locked.revoked_at = now, now if revoke else None
    locked.save(update_fields=["retired_at", "revoked_at"])
    made = make_key(now=now)
    subject = Subject(kind="signing_key", id=made.key_id, title=made.key_id, path=WHOLE_TREE)
    record(by=by, at=now, deed="credentials.key_rotated", subject=subject, details={"revoked": revoke})
    return made


def sample(*, form: Format, now: datetime) -> str:
    """A credential that certifies nothing, to try verifiers with; signed as every one is."""
    number = uuid4()
    content = Content(
        number=f"urn:uuid:{number}",
        issuer=own_issuer_id(),
        issuer_name=settings.NODE_NAME,
        achievement=f"urn:uuid:{uuid4()}",
        name="样例证书（不证明任何事）",
        description="用来试用核验工具的样例，不证明任何人做成了任何事。",
        criteria="没有条件：任何人都可以导出样例。",
        holder="样例持有人",
        valid_from=now,
        valid_until=now + SAMPLE_LASTS,
    )
    return secured(content, form=form, now=now)


def secured(content: Content, *, form: Format, now: datetime) -> str:
    """A credential as text, signed with the key in use. Refusals: SigningKeyMissing, Unreadable."""
    kept, private = key_in_use(now=now)
    method = method_of_key(kept.key_id)
    if form == Format.JWT:
        return jwt_of(content, key=private, method=method)
    return json.dumps(proven(document_of(content), key=private, method=method, now=now), ensure_ascii=False, indent=2)
