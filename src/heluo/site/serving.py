"""`python -m heluo.site.serving web|stream`: granian, tied to its parent down to its own workers."""

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server import MPServer

from heluo.site.environment import Environment, read_environment
from heluo.site.processes.lifeline import bind_to_parent

STOP_PATIENCE = 3
"""Seconds a worker gets for what it is doing: below the supervisor's own patience."""


def load_application(module: str, parent: int) -> Callable[..., Any]:
    """Called in each of granian's workers, which would otherwise keep the port when their parent is killed."""
    bind_to_parent(parent)
    loaded = __import__(module, fromlist=["application"])
    application: Callable[..., Any] = loaded.application
    return application


def web_server(environment: Environment) -> MPServer:
    """Pages and API under WSGI. Each thread may hold one database connection."""
    return MPServer(
        "heluo.site.wsgi:application",
        address=environment.host,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=environment.web_workers,
        blocking_threads=environment.web_threads,
        backpressure=environment.web_threads * 4,
        runtime_mode=RuntimeModes.auto,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_PATIENCE,
        ssl_cert=environment.tls_certificate,
        ssl_key=environment.tls_key,
    )


def stream_server(environment: Environment) -> MPServer:
    """Server-sent events under ASGI: one process, many idle connections."""
    return MPServer(
        "heluo.site.asgi:application",
        address=environment.host,
        port=environment.resolved_stream_port(),
        interface=Interfaces.ASGI,
        workers=1,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_PATIENCE,
        ssl_cert=environment.tls_certificate,
        ssl_key=environment.tls_key,
    )


def main() -> None:
    environment = read_environment()
    server, module = {
        "web": (web_server, "heluo.site.wsgi"),
        "stream": (stream_server, "heluo.site.asgi"),
    }[sys.argv[1]]
    server(environment).serve(target_loader=partial(load_application, module, os.getpid()), wrap_loader=False)


if __name__ == "__main__":
    main()
