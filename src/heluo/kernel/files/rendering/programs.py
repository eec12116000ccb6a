"""Helper processes: bounded in time, memory and what they may write, off the network, gone with all they started."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from heluo.kernel.files.limits import HELPER_MEMORY, HELPER_SECONDS

HERE = Path(__file__).parent


class Unrenderable(Exception):
    """No preview can be made; the text is a sentence for the file's owner."""


def run_bounded(
    *command: str, memory: int = HELPER_MEMORY, surroundings: Mapping[str, str] | None = None
) -> tuple[int, bytes, str]:
    """Run a helper within its limits: exit status, output, complaints. Raises `Unrenderable` when it takes too long."""
    helper = subprocess.Popen(
        [sys.executable, "-I", "-S", str(HERE / "bounded.py"), str(HELPER_SECONDS), str(memory), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env={"LANG": "C.UTF-8", **(surroundings or {})},
        start_new_session=True,
    )
    try:
        output, complaints = helper.communicate(timeout=HELPER_SECONDS)
    except subprocess.TimeoutExpired:
        # With all it started: an office program is a script that starts a process that starts another.
        os.killpg(helper.pid, signal.SIGKILL)
        helper.communicate()
        raise Unrenderable(_("处理时间过长，没有生成预览；仍可下载原文件。")) from None
    return helper.returncode, output, complaints.decode("utf-8", "replace")
