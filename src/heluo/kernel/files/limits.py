"""The stated limits. What an operator may change is in the settings; the rest is here, each with its unit."""

from datetime import timedelta

OPEN_UPLOADS_PER_PERSON = 20
UPLOAD_LIFETIME = timedelta(days=2)
"""How long an unfinished upload waits for its next byte's owner to come back."""
UNUSED_FILE_LIFETIME = timedelta(days=7)
"""How long a stored file may lie without anything pointing to it."""
FREE_SPACE_RESERVE = 256 * 1024 * 1024
"""Bytes of the disk that uploads never take, so that database and logs can go on."""
LEAST_FREE_BYTES = 200 * 1024 * 1024
"""Bytes free below which the store counts as failing."""
LINK_LIFETIME = timedelta(hours=6)
NAME_LENGTH = 200
"""Longest display name, in characters."""

IMAGE_PIXELS = 100_000_000
"""Largest picture that is opened: beyond it a small file could unfold into all of the memory."""
PREVIEW_WIDTHS = {"thumbnail": 480, "large": 1200}
"""Longest side of a preview, in pixels."""
PREVIEWED_PAGES = 20
TEXT_PAGES = 50
TEXT_LENGTH = 200_000
"""Characters of a document's text that are kept for search."""
HELPER_SECONDS = 120
"""Wall time of one helper process (ffmpeg, page rendering)."""
HELPER_MEMORY = 2 * 1024**3
"""Address space of one helper process, in bytes."""
OFFICE_MEMORY = 4 * 1024**3
"""The same of an office program, which maps far more than it touches."""
SCAN_SECONDS = 600

MOST_ENTRIES = 10_000
"""Entries of an archive that is opened."""
MOST_UNPACKED = 4 * 1024**3
"""Bytes of all entries of an archive together, unpacked."""
MOST_RATIO = 200
"""How many times larger than packed an entry may be, once it is large: text and drawings stay far below it."""
LARGE_ENTRY = 8 * 1024**2
LONGEST_PATH = 400
"""Characters of an entry's path inside an archive, and how many folders deep it may lie:"""
DEEPEST_PATH = 24
LARGEST_MANIFEST = 8 * 1024**2
"""Bytes of a courseware package's own description."""
MOST_ITEMS = 1000
"""Items of a courseware package."""
