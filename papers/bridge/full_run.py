"""The full run: 1,000 draws a hypothesis, 300 a cell of the grid.

::

    python -m unigauge.papers.bridge.full_run --n-jobs 2 --out bridge-full-run
    python -m unigauge.papers.bridge.full_run --dask 2 --out bridge-full-run

The second command carries the same work through a local Dask cluster
(``pip install "unigauge[dask]"``); the numbers do not depend on who computes them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from unigauge.errors import InputError, require_integer
from unigauge.papers.bridge.adoption import SEED, adoption_table
from unigauge.papers.bridge.plan import full_plan, long, run, summaries
from unigauge.papers.report import environment

__all__ = ["dask_cluster", "full_run", "main"]

MODULE = "unigauge.papers.bridge.full_run"
FIRST_DRAWS = 2
"""Draws of each part whose numbers are stored one by one."""


def full_run(
    out: str | Path,
    *,
    draws: int = 1000,
    grid_draws: int = 300,
    adoption_draws: int = 100,
    n_jobs: int = 1,
    progress: bool = False,
) -> None:
    """Draw everything and write what is stored with the paper.

    Files: ``tables.csv``, ``adoption.csv``, ``first_draws.csv``, ``run.toml``.

    Parameters
    ----------
    out : str or Path
        Folder; made if it is not there.
    draws, grid_draws, adoption_draws : int
        Panels a hypothesis of the table; panels a cell of the grid or a broken world;
        data sets a design of the adoption game.
    n_jobs, progress
        As in :func:`unigauge.sweeps.sweep`; under ``joblib.parallel_config`` the backend
        named there does the work.

    Raises
    ------
    InputError
        If a number of draws is below two.
    """
    sizes = {"draws": draws, "grid-draws": grid_draws, "adoption-draws": adoption_draws}
    for name, number in sizes.items():
        require_integer(name, number, at_least=2, because="one draw has no spread")
    started = time.perf_counter()
    parts = full_plan(draws, grid_draws)
    drawn = run(parts, n_jobs=n_jobs, progress=progress)
    adoption = adoption_table(adoption_draws, n_jobs=n_jobs, progress=progress)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    for name, frame in (
        ("tables", summaries(parts, drawn)),
        ("adoption", adoption),
        ("first_draws", long(parts, drawn, FIRST_DRAWS)),
    ):
        frame.to_csv(
            out / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g"
        )
    about = environment()
    options = "".join(f" --{name} {number}" for name, number in sizes.items())
    first = {part.table: part.seeds.start for part in parts} | {"adoption": SEED}
    lines = [
        f'command = "python -m {MODULE}{options}"',
        f"seconds = {time.perf_counter() - started:.0f}",
        *(f'{name} = "{about[name]}"' for name in ("time", "unigauge", "python")),
        "",
        "[first_seeds]",
        *(f"{table} = {seed}" for table, seed in first.items()),
        "",
        "[packages]",
        *(f'{name} = "{version}"' for name, version in about["packages"].items()),
    ]
    (out / "run.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@contextmanager
def dask_cluster(workers: int) -> Iterator[None]:
    """Let a local Dask cluster of single-threaded workers carry joblib's work."""
    require_integer("dask", workers, at_least=1, because="a cluster has workers")
    from joblib import parallel_config

    try:
        from dask.distributed import Client, LocalCluster
    except ImportError:
        raise InputError(
            "Dask is not installed; pip install 'unigauge[dask]', or use n_jobs."
        ) from None
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster),
        parallel_config(backend="dask"),
    ):
        yield


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {MODULE}",
        description="The full Monte Carlo run of the paper 'bridge': draw panels, estimate, "
        "and write tables.csv, adoption.csv, first_draws.csv and run.toml.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--out", default="bridge-full-run", help="folder, made if need be")
    for name, default, what in (
        ("--draws", 1000, "panels with, and as many without, an effect of standards"),
        ("--grid-draws", 300, "panels of each sample size and of each broken rule"),
        ("--adoption-draws", 100, "data sets of each design of the adoption game"),
    ):
        parser.add_argument(name, type=int, default=default, metavar="N", help=what)
    parser.add_argument(
        "--n-jobs", type=int, default=1, metavar="N", help="processes; -1 for all"
    )
    parser.add_argument(
        "--dask",
        type=int,
        default=argparse.SUPPRESS,
        metavar="WORKERS",
        help="carry the work through a local Dask cluster of so many workers instead",
    )
    options = parser.parse_args()
    workers = dask_cluster(options.dask) if "dask" in options else nullcontext()
    try:
        with workers:
            full_run(
                options.out,
                draws=options.draws,
                grid_draws=options.grid_draws,
                adoption_draws=options.adoption_draws,
                n_jobs=options.n_jobs,
                progress=True,
            )
    except InputError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
