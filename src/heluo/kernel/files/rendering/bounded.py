"""Run as a script, with nothing but the standard library: put limits on this process, then become the command.

python -I -S bounded.py SECONDS BYTES COMMAND [ARGUMENT …]
"""

import os
import resource
import sys

NICE = 5
"""Behind pages and the database, but not so far that a busy machine never comes to it while somebody waits."""
LARGEST_FILE = 512 * 1024 * 1024
"""Bytes that the command may write to one file."""


def main() -> None:
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  # the caller named the program; no shell is wanted


if __name__ == "__main__":
    main()
