"""How long a class waits for a board: model and picture, at every step of every control.

``python benchmarks/lectures.py [BOARD ...]`` moves one control at a time through all its
steps, the others where they first stand, and times what the page then does: solve, take
the numbers, draw.  A slider may take a fifth of a second; half of it is the browser's,
so the target is :data:`TARGET` seconds.  Times are of the processor, on one thread: what
else the machine is doing does not count.
"""

from __future__ import annotations

import csv
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from side_by_side import RESULTS

from unigauge.lectures.boards import by_lecture
from unigauge.lectures.classroom import Board, Choice, Slider

TARGET = 0.1
COLUMNS = (
    "lecture",
    "board",
    "control",
    "steps",
    "median_ms",
    "worst_ms",
    "worst_at",
    "regimes_ms",
)


def values(control: Slider | Choice) -> list[Any]:
    """Return what a control can be set to."""
    if isinstance(control, Choice):
        options = control.options
        return list(options.values() if hasattr(options, "values") else options)
    steps = round((control.stop - control.start) / control.step)
    return [control.start + step * control.step for step in range(steps + 1)]


def milliseconds(work: Any, *arguments: Any) -> float:
    """Return how long a call takes."""
    start = time.process_time()
    work(*arguments)
    return 1e3 * (time.process_time() - start)


def timed(lecture: str, board: Board) -> Iterator[dict[str, Any]]:
    """Yield one row a control."""
    board.show({})  # imports, first use of fonts
    board.compare({})
    for control in board.controls:
        settings = [{control.name: value} for value in values(control)]
        times = [milliseconds(board.show, setting) for setting in settings]
        worst = max(range(len(times)), key=times.__getitem__)
        yield {
            "lecture": lecture,
            "board": board.name,
            "control": control.name,
            "steps": len(times),
            "median_ms": round(statistics.median(times), 1),
            "worst_ms": round(times[worst], 1),
            "worst_at": settings[worst][control.name],
            "regimes_ms": round(milliseconds(board.compare, settings[worst]), 1),
        }


def main(names: list[str]) -> None:
    """Time the boards named, or all; write the table when all were timed."""
    rows = []
    for lecture, group in by_lecture().items():
        for board in group:
            if names and board.name not in names:
                continue
            for row in timed(lecture, board):
                rows.append(row)
                slow = "  slow" if row["median_ms"] > 1e3 * TARGET else ""
                print(
                    f"{board.name:<22} {row['control']:<16} {row['steps']:4d} steps  "
                    f"median {row['median_ms']:7.1f} ms  worst {row['worst_ms']:7.1f} ms  "
                    f"regimes {row['regimes_ms']:7.1f} ms{slow}"
                )
    if not names:
        file = RESULTS / "lectures.csv"
        with file.open("w", newline="", encoding="utf-8") as stream:
            table = csv.DictWriter(stream, COLUMNS)
            table.writeheader()
            table.writerows(rows)
        print(f"\nwritten to benchmarks/results/{file.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
