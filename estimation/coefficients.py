"""Coefficients by the names of their terms, the same in every result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["by_term", "labelled"]


def labelled(
    values: NDArray[np.float64], terms: Sequence[str], name: str
) -> pd.Series[float]:
    """Return values as a series by the name of the term.

    Examples
    --------
    >>> import numpy as np
    >>> labelled(np.array([0.5]), ["lag(x, 1)"], "estimate")
    lag(x, 1)    0.5
    Name: estimate, dtype: float64
    """
    import pandas as pd

    return pd.Series(values, index=list(terms), name=name)


def by_term(*columns: pd.Series[float]) -> dict[str, float]:
    """Return series as one flat row, term by term, with keys ``name[term]``.

    Examples
    --------
    >>> import numpy as np
    >>> by_term(labelled(np.array([0.5]), ["x"], "estimate"))
    {'estimate[x]': 0.5}
    """
    return {
        f"{column.name}[{term}]": float(column[term])
        for term in columns[0].index
        for column in columns
    }
