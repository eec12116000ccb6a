"""What the rest of the house calls."""

from heluo.engines.credentials.actions import rotate_signing_key, sample
from heluo.engines.credentials.enums import Format, Outcome, Verdict
from heluo.engines.credentials.errors import Unreadable
from heluo.engines.credentials.issuers import issuer_in
from heluo.engines.credentials.reading import read_json, text_in
from heluo.engines.credentials.verifying import Report, verify

__all__ = [
    "Format",
    "Outcome",
    "Report",
    "Unreadable",
    "Verdict",
    "issuer_in",
    "read_json",
    "rotate_signing_key",
    "sample",
    "text_in",
    "verify",
]
