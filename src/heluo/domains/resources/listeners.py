"""Who may follow what of the resource centre live."""

from heluo.domains.resources.access import may_follow_queue
from heluo.domains.resources.events import QUEUE
from heluo.kernel.events.public import followable

followable(QUEUE)(may_follow_queue)
