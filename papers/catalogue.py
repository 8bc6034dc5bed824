"""The papers there are, and running one."""

from __future__ import annotations

import importlib
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import unigauge.papers
from unigauge.errors import require_choice
from unigauge.papers.paper import Paper
from unigauge.papers.reproduction import Claim, Reproduction
from unigauge.papers.study import watching

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Run", "attempt", "available", "find", "folders", "reproduce"]

Run = Callable[..., Reproduction]
"""A paper's ``run(out, *, fast=False)``."""


def folders() -> dict[str, Path]:
    """Return the folders of all papers by key, in alphabetical order.

    A folder with a ``paper.toml`` on the path of the package ``unigauge.papers`` is a
    paper; one may append further folders to ``unigauge.papers.__path__``.
    """
    found = {
        file.parent.name: file.parent
        for place in reversed(list(unigauge.papers.__path__))
        for file in Path(place).glob("*/paper.toml")
    }
    return dict(sorted(found.items()))


def find(key: str) -> Path:
    """Return a paper's folder, or raise InputError with a suggestion."""
    known = folders()
    return known[require_choice("paper", key, known)]


def available() -> pd.DataFrame:
    """Return one row a paper: key, title, citation, number of claims, data sets.

    Raises
    ------
    DataError
        If a paper's ``paper.toml`` or ``expected.toml`` is not in order.
    """
    import pandas as pd

    papers = [Paper.read(folder) for folder in folders().values()]
    return pd.DataFrame(
        {
            "key": [paper.key for paper in papers],
            "title": [paper.title for paper in papers],
            "citation": [paper.citation for paper in papers],
            "claims": [len(paper.expectations) for paper in papers],
            "datasets": [", ".join(paper.datasets) for paper in papers],
        }
    ).set_index("key")


def reproduce(
    key: str, out: str | Path | None = None, *, fast: bool = False
) -> Reproduction:
    """Run one paper.

    Parameters
    ----------
    key : str
        A key from :func:`available`.
    out : str or Path, optional
        Folder for the report: one page, provenance, and below ``<key>/`` tables and
        figures.  Without it, nothing is written.
    fast : bool, default False
        Make do with fewer draws or worlds, as the paper sees fit.

    Returns
    -------
    Reproduction
        Claims, tables and figures.

    Raises
    ------
    InputError
        If there is no paper of that key.
    """
    from unigauge.papers.report import write_report

    find(key)
    reproduction = runner(key)(None if out is None else Path(out, key), fast=fast)
    if out is not None:
        write_report([reproduction], Path(out))
    return reproduction


def attempt(
    folder: Path,
    out: Path,
    *,
    fast: bool = False,
    run: Run | None = None,
    on_claim: Callable[[Claim], None] | None = None,
) -> Reproduction:
    """Run one paper, whatever goes wrong in it.

    A paper that crashes gives a reproduction with ``error``; claims that it made
    before are kept, the others count as lost, and the traceback is written to
    ``error.txt`` in ``out``.

    Parameters
    ----------
    folder : Path
        The paper's folder.
    out : Path
        Folder for its tables and figures.
    fast : bool, default False
        As in :func:`reproduce`.
    run : callable, optional
        The paper's ``run``; by default that of the installed package.
    on_claim : callable, optional
        Called with each claim as it is made.
    """
    started = time.perf_counter()
    made: dict[str, Claim] = {}

    def keep(claim: Claim) -> None:
        made[claim.id] = claim
        if on_claim is not None:
            on_claim(claim)

    paper = None
    try:
        paper = Paper.read(folder)
        with watching(keep):
            return (run or runner(paper.key))(out, fast=fast)
    except BrokenPipeError:  # nobody reads any more: the caller's affair
        raise
    except Exception as error:  # noqa: BLE001 (one paper must not stop the others)
        out.mkdir(parents=True, exist_ok=True)
        trace = "".join(traceback.format_exception(error))
        (out / "error.txt").write_text(trace, encoding="utf-8")
        expected = {} if paper is None else paper.expectations
        for name, expectation in expected.items():
            if name not in made:
                keep(expectation.not_reached())
        return Reproduction(
            key=folder.name,
            title=folder.name if paper is None else paper.title,
            citation="" if paper is None else paper.citation,
            scope="" if paper is None else paper.scope,
            claims=tuple(made[name] for name in expected),
            tables=(),
            figures=(),
            seconds=time.perf_counter() - started,
            provenance={"fast": fast, "datasets": {}, "files": {}},
            error=_told(error, folder),
        )


def _told(error: Exception, folder: Path) -> str:
    """Return the error with the paper's line that led to it."""
    lines = [
        f" ({Path(frame.filename).name}, line {frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).resolve().parent == folder.resolve()
    ]
    return f"{type(error).__name__}: {error}{lines[-1] if lines else ''}"


def runner(key: str) -> Run:
    """Import a paper's ``reproduce.py`` and return its ``run``."""
    run: Run = importlib.import_module(f"unigauge.papers.{key}.reproduce").run
    return run
