"""A small closed-loop load generator: a few kept-alive connections, each sends when its last answer has come."""

import asyncio
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What came back. Times in milliseconds."""

    requests: int
    failed: int
    per_second: float
    p50: float
    p95: float


async def _connection(
    address: tuple[str, int], message: bytes, until: float, times: list[float], failures: list[int]
) -> None:
    reader, writer = await asyncio.open_connection(*address)
    try:
        while (began := time.perf_counter()) < until:
            writer.write(message)
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as cut:
                if cut.partial:
                    raise
                writer.close()  # a server may end a kept-alive connection between two answers
                reader, writer = await asyncio.open_connection(*address)
                continue
            fields = head.lower()
            if b"transfer-encoding: chunked" in fields:
                while size := int((await reader.readline()).strip() or b"0", 16):
                    await reader.readexactly(size + 2)
                await reader.readline()
            else:
                start = fields.index(b"content-length:") + len(b"content-length:")
                await reader.readexactly(int(fields[start : fields.index(b"\r\n", start)]))
            times.append((time.perf_counter() - began) * 1000)
            if not head.startswith(b"HTTP/1.1 200"):
                failures.append(int(head.split()[1]))
    finally:
        writer.close()


async def _load(address: tuple[str, int], message: bytes, seconds: float, connections: int) -> Load:
    times: list[float] = []
    failures: list[int] = []
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(
        *(_connection(address, message, until, times, failures) for _ in range(connections)),
    )
    took = time.perf_counter() - began
    cuts = statistics.quantiles(times, n=100)
    return Load(requests=len(times), failed=len(failures), per_second=len(times) / took, p50=cuts[49], p95=cuts[94])


def load(address: tuple[str, int], path: str, *, cookie: str = "", seconds: float = 4, connections: int = 4) -> Load:
    """Ask for one path over and over. Refuses to measure answers that are not 200."""
    message = (
        f"GET {path} HTTP/1.1\r\nHost: localhost:{address[1]}\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\n"
        + (f"Cookie: {cookie}\r\n" if cookie else "")
        + "Connection: keep-alive\r\n\r\n"
    ).encode()
    result = asyncio.run(_load(address, message, seconds, connections))
    if result.failed:
        raise SystemExit(f"{path}: {result.failed} of {result.requests} answers were not 200")
    return result
