"""Whether our ports are free, asked before anything is started."""

import errno
import socket
from contextlib import suppress

import psutil


class PortTaken(RuntimeError):
    """A port cannot be listened on; the text names it, its variable and what to do."""


def check_port(host: str, port: int, variable: str) -> None:
    """Raise `PortTaken` unless `host:port` can be bound now."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except OSError as error:
            raise PortTaken(_sentence(host, port, variable, error)) from None


def _sentence(host: str, port: int, variable: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        who = _listener(port)
        return (
            f"端口 {port} 已被占用{f'（{who}）' if who else ''}。请停止占用它的程序，或换一个端口，例如 "
            f"make run {variable}={port + 10}。\n"
            f"Port {port} is in use{f' ({who})' if who else ''}. Stop the program that uses it, or choose another, "
            f"e.g. make run {variable}={port + 10}."
        )
    if error.errno == errno.EACCES:
        return (
            f"没有权限使用端口 {port}：1024 以下的端口通常只给 root。请用 {variable}=8000 这样的端口。\n"
            f"No permission for port {port}: ports below 1024 usually need root. Use e.g. {variable}=8000."
        )
    return (
        f"无法在 {host} 的端口 {port} 上监听（{error.strerror}）。请检查 HOST 和 {variable}。\n"
        f"Cannot listen on {host} port {port} ({error.strerror}). Check HOST and {variable}."
    )


def _listener(port: int) -> str:
    """The name and pid of the program that listens on a port, where we may know it."""
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,) and connection.pid:
                return f"{psutil.Process(connection.pid).name()}, pid {connection.pid}"
    return ""
