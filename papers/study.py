"""What a paper's ``reproduce.py`` is written with::

    def run(out=None, *, fast=False):
        study = Study.open(__file__, out, fast=fast)
        ...
        study.claim("efficiency", holds=gap < 1e-8, value=gap)
        study.table("regimes", frame, caption="...")
        study.figure("welfare", axes, data=frame, caption="...", alt="...")
        return study.reproduction()

The statements stand in ``expected.toml``, one below the other, with their sources
and what is expected; the run only says what came out.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError, require_choice
from unigauge.papers.paper import Paper
from unigauge.papers.reproduction import Claim, Figure, Reproduction, Table
from unigauge.results import latex_table

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib import figure as mpl
    from matplotlib.axes import Axes

__all__ = ["Study", "watching"]

_watcher: ContextVar[Callable[[Claim], None] | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(on_claim: Callable[[Claim], None] | None) -> Iterator[None]:
    """Call ``on_claim`` with each claim that any study makes inside the block."""
    token = _watcher.set(on_claim)
    try:
        yield
    finally:
        _watcher.reset(token)


class Study:
    """A paper being run: collects claims, tables and figures.

    Open one with :meth:`open`.

    Attributes
    ----------
    paper : Paper
        What ``paper.toml`` and ``expected.toml`` say.
    seed : int
        The seed that ``paper.toml`` declares.
    fast : bool
        Whether to make do with fewer draws or worlds.
    """

    def __init__(self, paper: Paper, out: Path | None, *, fast: bool) -> None:
        self.paper = paper
        self.seed = paper.seed
        self.fast = fast
        self._out = out
        self._started = time.perf_counter()
        self._claims: dict[str, Claim] = {}
        self._tables: dict[str, Table] = {}
        self._figures: dict[str, Figure] = {}
        self._datasets: dict[str, dict[str, str]] = {}
        self._twin = ""

    @classmethod
    def open(
        cls, file: str | Path, out: str | Path | None = None, *, fast: bool = False
    ) -> Study:
        """Open the study to which ``file``, a paper's ``reproduce.py``, belongs.

        Parameters
        ----------
        file : str or Path
            ``__file__`` of the ``reproduce.py``.
        out : str or Path, optional
            Folder for tables and figures; without it, none is written.
        fast : bool, default False
            Kept in :attr:`fast`.

        Raises
        ------
        DataError
            If ``paper.toml`` or ``expected.toml`` is not in order.
        """
        paper = Paper.read(Path(file).resolve().parent)
        return cls(paper, None if out is None else Path(out), fast=fast)

    def load(self, name: str) -> pd.DataFrame:
        """Load a data set that ``paper.toml`` declares, and record what was read.

        Raises
        ------
        InputError
            If the paper does not declare it.
        DataError
            If it is not to be found or damaged.
        """
        from unigauge import datasets

        if name not in self.paper.datasets:
            raise InputError(
                f"{name!r} is not among the datasets that {self.paper.key}/paper.toml "
                f"declares: {', '.join(self.paper.datasets) or 'none'}. Declare it there."
            )
        frame = datasets.load(name)
        kept = ("title", "citation", "licence", "sha256")
        self._datasets[name] = {key: frame.attrs[key] for key in kept}
        return frame

    def finds(self, name: str) -> bool:
        """Say whether a data set is to be found; one that is damaged is."""
        from unigauge import datasets

        return bool(datasets.available().loc[name, "found"] != "not here")

    def simulated(self, why: str) -> None:
        """Say that a simulated twin stands in for the data, and why.

        The title says so, the sentence stands before the scope, and the captions of
        tables and figures begin with it.
        """
        self._twin = why

    def claim(
        self,
        id: str,
        *,
        holds: bool | np.bool_ | None = None,
        value: float | None = None,
        note: str = "",
    ) -> Claim:
        """Say what came out for one claim of ``expected.toml``.

        Parameters
        ----------
        id : str
            The claim's id.
        holds : bool, optional
            Whether it holds; required where ``expected.toml`` says ``holds``, not
            allowed where it gives a number, which is compared here.
        value : float, optional
            The number behind it; required where ``expected.toml`` gives one.
        note : str
            What this run has to say about it.

        Raises
        ------
        InputError
            If the id is unknown or was claimed before, or the arguments do not fit.
        """
        return self._add(
            self._expectation(id).judge(
                holds=None if holds is None else bool(holds),
                value=None if value is None else float(value),
                note=note,
            )
        )

    def not_run(self, *ids: str, because: str) -> None:
        """Say that these claims could not be run, and why; this is no failure."""
        for name in ids:
            self._add(self._expectation(name).not_run(because))

    def table(self, name: str, frame: pd.DataFrame, *, caption: str) -> None:
        """Add a table that ``paper.toml`` declares."""
        self._require_new("table", name, self.paper.tables, self._tables)
        self._tables[name] = Table(name=name, frame=frame, caption=self._labelled(caption))

    def figure(
        self,
        name: str,
        drawing: mpl.Figure | Axes,
        *,
        data: pd.DataFrame,
        caption: str,
        alt: str,
    ) -> None:
        """Add a figure that ``paper.toml`` declares.

        Parameters
        ----------
        name : str
            Its name; files are called so.
        drawing : Figure or Axes
            The picture, made without pyplot.
        data : DataFrame
            The numbers it draws.
        caption : str
            What it shows and what to see in it.
        alt : str
            What a reader who cannot see it should know.
        """
        self._require_new("figure", name, self.paper.figures, self._figures)
        import matplotlib.pyplot as plt

        figure: Any = drawing if hasattr(drawing, "savefig") else drawing.figure
        plt.close(figure)
        self._figures[name] = Figure(
            name=name,
            figure=figure,
            data=data,
            caption=self._labelled(caption),
            alt=self._labelled(alt),
        )

    def reproduction(self) -> Reproduction:
        """Return what was collected; write tables and figures if a folder was given.

        Raises
        ------
        InputError
            If a claim of ``expected.toml`` was not made, or a declared table or figure
            is missing although all claims were run.
        """
        missing = [name for name in self.paper.expectations if name not in self._claims]
        if missing:
            raise InputError(
                f"{self.paper.key}: expected.toml has claims that the run did not make: "
                f"{', '.join(missing)}. Call claim() or not_run() for each."
            )
        declared = {*self.paper.tables, *self.paper.figures}
        lacking = sorted(declared - self._tables.keys() - self._figures.keys())
        if lacking and all(claim.holds is not None for claim in self._claims.values()):
            raise InputError(
                f"{self.paper.key}: paper.toml declares outputs that the run did not "
                f"give: {', '.join(lacking)}."
            )
        tables, figures = tuple(self._tables.values()), tuple(self._figures.values())
        return Reproduction(
            key=self.paper.key,
            title=f"On a simulated twin, not on data: {self.paper.title}"
            if self._twin
            else self.paper.title,
            citation=self.paper.citation,
            scope="\n\n".join(filter(None, [self._twin, self.paper.scope])),
            claims=tuple(self._claims[name] for name in self.paper.expectations),
            tables=tables,
            figures=figures,
            provenance={
                "seed": self.seed,
                "fast": self.fast,
                "simulated": bool(self._twin),
                "datasets": self._datasets,
                "files": {} if self._out is None else _write(self._out, tables, figures),
            },
            seconds=time.perf_counter() - self._started,
        )

    def _labelled(self, caption: str) -> str:
        return f"Simulated twin, not data. {caption}" if self._twin else caption

    def _expectation(self, name: str) -> Any:
        return self.paper.expectations[
            require_choice("claim", name, self.paper.expectations)
        ]

    def _add(self, claim: Claim) -> Claim:
        if claim.id in self._claims:
            raise InputError(f"the claim {claim.id!r} was made before; make it once.")
        self._claims[claim.id] = claim
        if (on_claim := _watcher.get()) is not None:
            on_claim(claim)
        return claim

    def _require_new(
        self, what: str, name: str, declared: tuple[str, ...], have: dict[str, Any]
    ) -> None:
        require_choice(what, name, declared)
        if name in have:
            raise InputError(f"the {what} {name!r} was given before; give it once.")


def _write(
    out: Path, tables: tuple[Table, ...], figures: tuple[Figure, ...]
) -> dict[str, str]:
    """Write tables and figures, and return the hash of each file."""
    content: dict[str, bytes] = {}
    for table in tables:
        content[f"tables/{table.name}.csv"] = _csv(table.frame)
        latex = latex_table(table.frame, caption=table.caption)
        content[f"tables/{table.name}.tex"] = f"{latex}\n".encode()
    for figure in figures:
        content[f"figures/{figure.name}.png"] = figure.png
        content[f"figures/{figure.name}.pdf"] = figure.draw("pdf")
        content[f"figures/{figure.name}.csv"] = _csv(figure.data)
    for name, data in content.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}


def _csv(frame: pd.DataFrame) -> bytes:
    """Return the frame as CSV, its index left out where it is a plain range."""
    import pandas as pd

    numbered = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    return frame.to_csv(index=not numbered, lineterminator="\n").encode()
