"""The resource centre for programs: the same actions and the same narrowed reads as the pages."""

from ninja import Router

from heluo.domains.resources.api import counting, drafting, links, reading, reviewing, sheets

router = Router(tags=["resources"])
router.add_router("", counting.router)
router.add_router("", links.router)
router.add_router("", drafting.router)  # before the public reads: /resources/mine is no identifier
router.add_router("", sheets.router)  # likewise
router.add_router("", reading.router)
router.add_router("", reviewing.router)
