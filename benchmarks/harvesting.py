"""Harvesting another platform: records a second that become entries, and that are met again unchanged; and what a page
costs behind all the others, beside the first.

    .venv/bin/python -m benchmarks.harvesting [--records 100000] [--page 100] [--seed 1]

Starts its own PostgreSQL in a temporary folder and, in a thread of its own, a provider that makes its pages (Dublin
Core, seeded) as they are asked for.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from benchmarks.database import own_database
from benchmarks.machine import print_table

OAI = "http://www.openarchives.org/OAI/2.0/"
WORDS = "分数 小数 面积 体积 古诗 文言 光合 细胞 电流 浮力 力臂 酸碱 地图 季风 汉字 拼音 函数 概率 向量 圆锥".split()
MOMENT = "<responseDate>2026-09-10T04:00:00Z</responseDate>"
IDENTIFY = (
    "<Identify><repositoryName>示例平台</repositoryName><protocolVersion>2.0</protocolVersion>"
    "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
)
FORMAT = "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"
FORMATS = f"<ListMetadataFormats>{FORMAT}</ListMetadataFormats>"


def record(number: int, seed: int) -> str:
    draw = random.Random(seed * 1_000_003 + number)  # noqa: S311  # no secret
    title = "".join(draw.choices(WORDS, k=4))
    return (
        f"<record><header><identifier>oai:peer.example:{UUID(int=number + 1)}</identifier>"
        "<datestamp>2026-09-01T00:00:00Z</datestamp></header><metadata>"
        f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
        f"<dc:creator>示例教师</dc:creator><dc:subject>数学</dc:subject><dc:subject>{draw.choice(WORDS)}</dc:subject>"
        f"<dc:description>{''.join(draw.choices(WORDS, k=20))}</dc:description><dc:rights>CC-BY-4.0</dc:rights>"
        f"<dc:identifier>https://peer.example/{number}</dc:identifier></oai_dc:dc></metadata></record>"
    )


def listed(start: int, *, records: int, page: int, seed: int) -> str:
    behind = min(start + page, records)
    token = f"<resumptionToken>{behind}</resumptionToken>" if behind < records else ""
    return f"<ListRecords>{''.join(record(number, seed) for number in range(start, behind))}{token}</ListRecords>"


@contextmanager
def provider(*, records: int, page: int, seed: int) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            start = int(asked.get("resumptionToken", ["0"])[0])
            said = {"Identify": IDENTIFY, "ListMetadataFormats": FORMATS}.get(asked["verb"][0]) or listed(
                start, records=records, page=page, seed=seed
            )
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f'<OAI-PMH xmlns="{OAI}">{MOMENT}{said}</OAI-PMH>'.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/oai"
        server.shutdown()


def run(source: Any) -> list[float]:
    """Seconds of each page of a harvest of everything."""
    from heluo.gateways.harvesting.public import HARVESTER, begin_run, go_on  # noqa: PLC0415  # needs Django set up
    from heluo.kernel.clock.public import now  # noqa: PLC0415

    harvest = begin_run(by=HARVESTER, source=source, whole=True, now=now())
    taken: list[float] = []
    while True:
        began = time.perf_counter()
        if go_on(run_id=harvest.pk, now=now()) is None:
            harvest.refresh_from_db()
            assert harvest.state == "done", (harvest.trouble, harvest.detail)
            return taken
        taken.append(time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000, help="how many records the provider has (100000)")
    parser.add_argument("--page", type=int, default=100, help="how many on a page (100)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other titles (1)")
    asked = parser.parse_args()
    os.environ["OUTWARD_NETWORKS"] = "127.0.0.1/32"
    with own_database(fsync="off"), provider(records=asked.records, page=asked.page, seed=asked.seed) as address:
        from heluo.engines.catalogue.access import Permission as CataloguePermission  # noqa: PLC0415  # needs Django
        from heluo.gateways.harvesting.enums import Rhythm  # noqa: PLC0415
        from heluo.gateways.harvesting.public import Kept, Permission, add_source, look_at  # noqa: PLC0415
        from heluo.kernel.actors.public import platform_actor  # noqa: PLC0415
        from heluo.kernel.clock.public import local_day, now  # noqa: PLC0415
        from heluo.kernel.organisations.access import Permission as OrganisationPermission  # noqa: PLC0415
        from heluo.kernel.organisations.public import bureau_of, found_bureaus  # noqa: PLC0415

        by = platform_actor("benchmark", [*Permission, *CataloguePermission, *OrganisationPermission])
        found_bureaus(by=by, now=now())
        source = add_source(
            by=by,
            identity=look_at(by=by, base_url=address),
            base_url=address,
            set_spec="",
            organisation=bureau_of("410300", on=local_day(now())),
            kept=Kept(name="示例平台", licence="CC-BY-4.0", share=20, rhythm=Rhythm.DAILY),
            now=now(),
        )
        first, again = run(source), run(source)
    pages = min(25, len(first) // 2 or 1)
    early, late = statistics.median(first[:pages]), statistics.median(first[-pages - 1 : -1] or first)
    print_table(
        f"Harvesting {asked.records} records, {asked.page} on a page, by one worker",
        ["new: records/s", "unchanged: records/s", "first pages: ms", "last pages: ms", "ratio"],
        [[asked.records / sum(first), asked.records / sum(again), early * 1000, late * 1000, late / early]],
    )


if __name__ == "__main__":
    main()
