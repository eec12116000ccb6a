"""Reads of the resource centre, each already narrowed to what its caller may see."""

from heluo.domains.resources.queries.describing import (
    KIND,
    RECOMMENDED,
    attribution,
    catalogue_entries,
    catalogue_entry,
    catalogue_facets,
    deed_of,
    grade_choices,
    subject_choices,
)
from heluo.domains.resources.queries.drafting import (
    AuthorCounts,
    author_counts,
    author_places,
    own_open_version,
    own_resource,
    own_versions,
    returns_to,
)
from heluo.domains.resources.queries.overseeing import (
    BranchFigures,
    figures_below,
    overseen_organisations,
    totals_in,
)
from heluo.domains.resources.queries.reading import (
    PublicCounts,
    author_named,
    feedback_subjects,
    places_of,
    public_counts,
    public_resource,
    published_versions,
    subject_of,
    trail_of,
    versions_by,
    withdrawal_of,
)
from heluo.domains.resources.queries.reviewing import decided_on, review_queue, submission_for
from heluo.domains.resources.queries.rows import files_of
from heluo.domains.resources.queries.watching import being_watched, places_in

__all__ = [
    "KIND",
    "RECOMMENDED",
    "AuthorCounts",
    "BranchFigures",
    "PublicCounts",
    "attribution",
    "author_counts",
    "author_named",
    "author_places",
    "being_watched",
    "catalogue_entries",
    "catalogue_entry",
    "catalogue_facets",
    "decided_on",
    "deed_of",
    "feedback_subjects",
    "figures_below",
    "files_of",
    "grade_choices",
    "overseen_organisations",
    "own_open_version",
    "own_resource",
    "own_versions",
    "places_in",
    "places_of",
    "public_counts",
    "public_resource",
    "published_versions",
    "returns_to",
    "review_queue",
    "subject_choices",
    "subject_of",
    "submission_for",
    "totals_in",
    "trail_of",
    "versions_by",
    "withdrawal_of",
]
