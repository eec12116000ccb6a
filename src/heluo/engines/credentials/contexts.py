"""The JSON-LD contexts credentials are read with. They come with packages; none is ever fetched."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from pyld.documentloader.frozen import BUNDLED_CONTEXTS

from heluo.engines.credentials.enums import Fault
from heluo.engines.credentials.errors import Unreadable

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


@lru_cache(maxsize=1)
def contexts() -> dict[str, dict[str, Any]]:
    """Every context known here, by its address: that of the data model from PyLD, the rest from the built front end."""
    model = json.loads(BUNDLED_CONTEXTS[CREDENTIALS].read_text(encoding="utf-8"))
    try:
        built = json.loads((Path(settings.BUILT) / "contexts" / "contexts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unreadable(Fault.CONTEXTS_MISSING) from None
    return {**built, CREDENTIALS: model}


def load(url: str, _options: object = None) -> dict[str, Any]:
    """What PyLD calls for a context. Refusal: Unreadable."""
    known = contexts()
    if url not in known:
        raise Unreadable(Fault.UNKNOWN_CONTEXT, url[:200])
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": known[url]}
