"""A child that ends when its parent does, however the parent ended."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def bind_to_parent(parent: int, death: signal.Signals = signal.SIGKILL) -> None:
    """Called in a child: be sent `death` as soon as `parent`, its parent, is gone.

    Linux sends it when the *thread* that made the child ends, so children are made in the main thread. Elsewhere
    a thread of the child looks once a second (it does not survive an `exec`, so it serves Python children only).
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), signal.SIGKILL)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), death)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def lifeline(death: signal.Signals = signal.SIGKILL) -> Callable[[], None] | None:
    """What to hand to `Popen(preexec_fn=...)`; None where it would do nothing or harm.

    A child made outside the main thread would end with that thread, so it gets no lifeline.
    """
    if _libc is None or threading.current_thread() is not threading.main_thread():
        return None
    parent = os.getpid()
    return lambda: bind_to_parent(parent, death)
