"""`make bench`: every figure we claim, one after the other, on screen and in `benchmarks/results/`."""

import subprocess
import sys
import time
from pathlib import Path

FIGURES = (
    "start",
    "pages",
    "search",
    "search_crowd",
    "oaipmh",
    "harvesting",
    "allocation",
    "boxes",
    "uploads",
    "batch_upload",
    "audited_action",
    "tree",
    "people",
    "imports",
    "quality",
    "process",
)
RESULTS = Path(__file__).parent / "results"


def main() -> int:
    RESULTS.mkdir(exist_ok=True)
    failed = []
    for figure in FIGURES:
        print(f"… {figure}", flush=True)
        began = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{figure}"], stdout=subprocess.PIPE, text=True, check=False
        )
        (RESULTS / f"{figure}.md").write_text(run.stdout)
        print(run.stdout)
        print(f"({figure}: {time.perf_counter() - began:.0f} s)", flush=True)
        if run.returncode:
            failed.append(figure)
    if failed:
        print(f"没有跑完 / did not finish: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
