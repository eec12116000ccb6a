"""What a courseware package says about itself, as a description of a resource says it."""

from collections.abc import Iterable
from typing import Any

from heluo.domains.resources.enums import ContentLanguage
from heluo.domains.resources.models import (
    LONGEST_DESCRIPTION,
    LONGEST_KEYWORD,
    LONGEST_TITLE,
    MAX_KEYWORDS,
    ResourceVersion,
)
from heluo.engines.catalogue.enums import Licence
from heluo.kernel.files.models import StoredFile

LANGUAGES = {language.value.partition("-")[0]: language for language in ContentLanguage}


def told_by(file: StoredFile) -> dict[str, Any]:
    """Part of a description → what a package says of it, as far as it says it in terms we have."""
    manifest = file.blob.courseware
    if manifest is None:
        return {}
    told = {
        "title": manifest.title[:LONGEST_TITLE],
        "description": manifest.description[:LONGEST_DESCRIPTION],
        "language": LANGUAGES.get(manifest.language.lower().partition("-")[0], ""),
        "keywords": [one for one in manifest.keywords if len(one) <= LONGEST_KEYWORD][:MAX_KEYWORDS],
        "licence": manifest.licence if manifest.licence in Licence.values else "",
    }
    return {name: value for name, value in told.items() if value}


def parts_told(version: ResourceVersion, files: Iterable[StoredFile]) -> list[str]:
    """Parts of a version that say what one of its packages says: its author has not changed them."""
    said = [told_by(file) for file in files]
    return sorted({name for one in said for name, value in one.items() if getattr(version, name) == value})
