"""What the files of a OneRoster 1.2 package say about a school, as rows of the template.

Persons are in `users`, what they are in `roles`, where they sit and teach in `enrollments`, when they were born in
`demographics`: a row is put together of a line of each. So the small ones are read first and kept as what points to
what; persons and lessons stream past. Which object becomes what is told in `docs/oneroster.md`.
"""

from heluo.domains.rosters.queries.oneroster.reader import read_package

__all__ = ["read_package"]
