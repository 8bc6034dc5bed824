"""Run one function over a grid of parameters, and lose nothing.

The work goes through joblib, so any joblib backend carries it: processes,
threads, and, once registered, Dask or Ray.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError, UnigaugeWarning
from unigauge.results import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["sweep"]


def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]],
    *,
    n_jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """Call ``function`` on every cell of ``grid`` and return one row a cell.

    Parameters
    ----------
    function : callable
        Called with the cell's parameters as keywords.  It returns a result of
        this toolkit (its ``record()`` becomes the row), a mapping of column
        names to values, or one value (column ``value``).  With several processes
        it must be importable or a plain function, as joblib requires.
    grid : mapping or sequence of mappings
        A mapping of parameter names to values spans the full product, the last
        name moving fastest; a sequence of mappings lists the cells one by one.
    n_jobs : int, default 1
        Workers, as joblib counts them; -1 uses all.  Under
        ``joblib.parallel_config(backend=...)`` the chosen backend runs them: processes,
        threads, or a Dask cluster, which has as many workers as it has.
    progress : bool, default False
        Show a progress bar on standard error.

    Returns
    -------
    DataFrame
        Rows in the order of the grid, whatever the number of workers: the
        parameters, the columns that the function returned, and ``error``, which
        is empty where the cell succeeded and names the exception where it failed,
        be it the function's or, if workers die, the backend's.
        A returned column that bears a parameter's name and not its value is such
        a failure.

    Raises
    ------
    InputError
        If the grid is empty or misshapen.

    Examples
    --------
    >>> sweep(lambda a, b: a / b, {"a": [1, 2], "b": [2, 0]})
       a  b  value                                error
    0  1  2    0.5
    1  1  0    NaN  ZeroDivisionError: division by zero
    2  2  2    1.0
    3  2  0    NaN  ZeroDivisionError: division by zero
    """
    import pandas as pd
    from joblib import Parallel, delayed

    if isinstance(n_jobs, bool) or not isinstance(n_jobs, Integral) or n_jobs == 0:
        raise InputError(
            f"n_jobs is {n_jobs!r}; it must be a whole number other than 0: "
            "-1 uses all processors."
        )
    cells = _cells(grid)
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:  # joblib's multiprocessing gives nothing before all is done
        parallel = Parallel(n_jobs=n_jobs)
    stream = parallel(delayed(_run)(function, cell) for cell in cells)
    if progress:
        from tqdm import tqdm

        stream = tqdm(stream, total=len(cells), unit="cell")
    answers: list[tuple[dict[str, Any], str]] = []
    try:
        answers.extend(stream)
    except Exception as error:  # noqa: BLE001 (a worker died; keep what is there)
        lost = f"{type(error).__name__}: {error}"
        answers += [({}, lost)] * (len(cells) - len(answers))

    rows = [
        {**cell, **answer, "error": error}
        for cell, (answer, error) in zip(cells, answers, strict=True)
    ]
    asked = dict.fromkeys(name for cell in cells for name in cell)
    told = dict.fromkeys(name for answer, _ in answers for name in answer)
    if not told:
        warnings.warn(
            f"every cell failed; the first says {answers[0][1]}",
            UnigaugeWarning,
            stacklevel=2,
        )
    return pd.DataFrame(rows, columns=list(dict.fromkeys([*asked, *told, "error"])))


def _cells(
    grid: Mapping[str, Iterable[Any]] | Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Spell the grid out, one dictionary a cell."""
    if isinstance(grid, Mapping):
        for name, values in grid.items():
            if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
                raise InputError(
                    f"grid[{name!r}] is {values!r}; it must be a sequence of values. "
                    f"For one value write [{values!r}]."
                )
        axes = {name: list(values) for name, values in grid.items()}
        cells = [
            dict(zip(axes, point, strict=True))
            for point in itertools.product(*axes.values())
        ]
        if not axes:
            cells = []
    elif isinstance(grid, (str, bytes)) or not isinstance(grid, Iterable):
        raise InputError(
            f"grid is {grid!r}; a grid is a mapping of names to values, or a sequence of "
            "mappings, one a cell."
        )
    else:
        cells = []
        for position, cell in enumerate(grid):
            if not isinstance(cell, Mapping):
                raise InputError(
                    f"grid[{position}] is {cell!r}; a grid is a mapping of names to "
                    "values, or a sequence of mappings, one a cell."
                )
            cells.append(dict(cell))
    if not cells:
        raise InputError("the grid has no cell: give every parameter at least one value.")
    return cells


def _run(function: Callable[..., Any], cell: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Run one cell; an exception becomes text, so that no other cell is lost."""
    try:
        answer = _row(function(**cell))
        for name in sorted(answer.keys() & (cell.keys() | {"error"})):
            if name == "error" or answer[name] != cell[name]:
                raise InputError(
                    f"the function returned the column {name!r}, which is already "
                    "a parameter of the grid or the column of errors; rename it."
                )
    except Exception as error:  # noqa: BLE001 (a sweep reports, whatever went wrong)
        return {}, f"{type(error).__name__}: {error}"
    return answer, ""


def _row(answer: Any) -> dict[str, Any]:
    if isinstance(answer, Result):
        return answer.record()
    if isinstance(answer, Mapping):
        return dict(answer)
    if hasattr(answer, "columns"):
        raise InputError(
            "the function returned a data frame; a cell of a sweep is one row. Return a "
            "mapping of column names to values."
        )
    return {"value": answer}
