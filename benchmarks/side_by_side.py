"""Race contenders in one process, interleaved, and table the medians.

A claim of speed is a ratio measured in one run on one machine, so the contenders take
turns: each round runs every contender once, which spreads whatever else the machine is
doing over all of them.
"""

from __future__ import annotations

import csv
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
COLUMNS = (
    "race",
    "contender",
    "median_ms",
    "fastest_ms",
    "slowest_ms",
    "repeats",
    "ratio_to_ours",
    "note",
)


class NotInstalledError(Exception):
    """A peer of the race is not installed here; a contender may raise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One contender's times in one race, in milliseconds.

    ``ratio_to_ours`` is its median divided by the median of the first contender, which
    is ours; times are NaN for a peer that could not run, and ``note`` says why.
    """

    race: str
    contender: str
    median_ms: float
    fastest_ms: float
    slowest_ms: float
    repeats: int
    ratio_to_ours: float
    note: str = ""


def race(
    title: str, contenders: Mapping[str, Callable[[], object]], *, repeats: int = 7
) -> list[Row]:
    """Run every contender ``repeats`` times in turn and return one row each.

    Parameters
    ----------
    title : str
        What is raced, with its size: ``"Arellano-Bond, two-step, N = 1000, T = 10"``.
    contenders : mapping of names to callables without arguments
        Ours first.  One that raises :class:`NotInstalledError`, ``ImportError`` or
        ``FileNotFoundError`` is listed as not installed; one that returns what
        :func:`seconds` makes reports a time that it measured itself: the inner clock of
        another program, without its start-up.
    repeats : int, default 7
        Rounds that count; one round before them, which does not, warms up.

    Returns
    -------
    list of Row
        In the order of ``contenders``.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    notes: dict[str, str] = {}
    for turn in range(repeats + 1):
        for name, contender in contenders.items():
            if name in notes:
                continue
            start = time.perf_counter()
            try:
                answer = contender()
            except (NotInstalledError, ImportError, FileNotFoundError) as error:
                notes[name] = f"not installed: {error}"
                continue
            elapsed = time.perf_counter() - start
            if turn:
                inner = answer if isinstance(answer, Seconds) else None
                times[name].append(elapsed if inner is None else float(inner))
    ours = next(iter(contenders))
    if ours in notes:
        raise RuntimeError(f"{ours} is ours and did not run: {notes[ours]}")
    base = statistics.median(times[ours])
    return [
        _absent(title, name, notes[name])
        if name in notes
        else _timed(title, name, times[name], base)
        for name in contenders
    ]


class Seconds(float):
    """A time that a contender measured itself; see :func:`race`."""

    __slots__ = ()


def seconds(measured: float) -> Seconds:
    """Return ``measured`` so that :func:`race` takes it as the contender's time."""
    return Seconds(measured)


def _timed(title: str, name: str, times: Sequence[float], base: float) -> Row:
    median = statistics.median(times)
    return Row(
        race=title,
        contender=name,
        median_ms=1e3 * median,
        fastest_ms=1e3 * min(times),
        slowest_ms=1e3 * max(times),
        repeats=len(times),
        ratio_to_ours=median / base,
    )


def _absent(title: str, name: str, note: str) -> Row:
    nan = float("nan")
    return Row(
        race=title,
        contender=name,
        median_ms=nan,
        fastest_ms=nan,
        slowest_ms=nan,
        repeats=0,
        ratio_to_ours=nan,
        note=note,
    )


def require_module(name: str) -> None:
    """Raise :class:`NotInstalledError` unless the Python package is there."""
    if find_spec(name) is None:
        raise NotInstalledError(f"Python package {name}")


def require_program(name: str) -> str:
    """Return the program's path, or raise :class:`NotInstalledError`."""
    path = shutil.which(name)
    if path is None:
        raise NotInstalledError(f"program {name}")
    return path


def told(command: list[str], text: str, suffix: str, folder: Path) -> float:
    """Run another program's script and return the time that it prints.

    The script, ``text``, prints a line such as ``seconds 0.0123``; it is written to
    ``folder`` with the ending ``suffix`` and given to ``command`` as its last argument.
    """
    script = folder / f"script{suffix}"
    script.write_text(text, encoding="utf-8")
    run = subprocess.run(
        [*command, str(script)], capture_output=True, text=True, check=False
    )
    for line in run.stdout.splitlines():
        if line.startswith("seconds"):
            return seconds(float(line.split()[1]))
    raise NotInstalledError(f"{command[0]} gave no time: {run.stderr.strip()[-200:]}")


def write(rows: Sequence[Row], name: str) -> Path:
    """Print the rows as a table and write them to ``benchmarks/results/<name>.csv``."""
    width = max(len(row.contender) for row in rows)
    heading = None
    for row in rows:
        if row.race != heading:
            heading = row.race
            print(f"\n{heading}")
            print(f"  {'':<{width}}  median ms  fastest  slowest  times ours")
        if row.repeats:
            print(
                f"  {row.contender:<{width}}  {row.median_ms:9.2f}  {row.fastest_ms:7.2f}"
                f"  {row.slowest_ms:7.2f}  {row.ratio_to_ours:10.2f}"
            )
        else:
            print(f"  {row.contender:<{width}}  {row.note}")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(
            [
                getattr(row, column)
                if not isinstance(getattr(row, column), float)
                else f"{getattr(row, column):.4g}"
                for column in COLUMNS
            ]
            for row in rows
        )
    print(f"\nwritten to {path.relative_to(RESULTS.parent.parent)}")
    return path
