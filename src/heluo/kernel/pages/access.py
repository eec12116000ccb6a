"""Who may see the parts of the platform that visitors need not."""

from enum import StrEnum


class Permission(StrEnum):
    VIEW_STYLEGUIDE = "pages.view_styleguide"
