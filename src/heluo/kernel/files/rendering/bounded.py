"""Run as a script, with nothing but the standard library: put limits on this process, then become the command.

python -I -S bounded.py SECONDS BYTES COMMAND [ARGUMENT …]
"""

import ctypes
import os
import resource
import sys

NICE = 5
"""Behind pages and the database, but not so far that a busy machine never comes to it while somebody waits."""
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes that the command may write to one file."""
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
"""`unshare(2)`."""


def leave_the_network() -> None:
    """A document may ask whoever opens it to fetch something: here there is nothing to fetch it from.

    Root needs no user namespace, and would lose the right to other people's files in one. Where the system forbids
    both, the other bounds must do.
    """
    system = ctypes.CDLL(None, use_errno=True)
    if hasattr(system, "unshare"):
        system.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET)


def main() -> None:
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    leave_the_network()
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  # the caller named the program; no shell is wanted


if __name__ == "__main__":
    main()
