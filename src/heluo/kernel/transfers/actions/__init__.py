"""Every write: what is wanted (`wanting`), its arrival (`fetching`), what came on a disk (`keeping`)."""

from heluo.kernel.transfers.actions.fetching import ask_which, claim_due, fetch_copy
from heluo.kernel.transfers.actions.keeping import keep_copy
from heluo.kernel.transfers.actions.wanting import want_contents

__all__ = ["ask_which", "claim_due", "fetch_copy", "keep_copy", "want_contents"]
