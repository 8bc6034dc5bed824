"""Goods or subsystems that are worth little without one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_integer
from unigauge.models.agreements.entries import entries
from unigauge.models.answers import Answer, verdict, worst

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

__all__ = ["Complements", "Coupling", "ccd", "complements"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Complements(Answer):
    """Royalties of n owners whose patents are all needed; demand is 1 - P.

    Attributes
    ----------
    stack : float
        P, the sum of royalties that owners set each for itself.
    royalty : float
        One owner's.
    pool : float
        P if the owners set it together.
    stack_profit, pool_profit : float
        P (1 - P), all owners' together.
    status : str
        ``ok``.
    certificate : float
        Largest gain of an owner from another royalty, on a grid of 4001.
    owners : int
        n.
    """

    stack: float
    royalty: float
    pool: float
    stack_profit: float
    pool_profit: float
    status: str
    certificate: float
    owners: int

    def plot_data(self) -> pd.DataFrame:
        """Return stack and pool for one owner up to these."""
        import pandas as pd

        n = np.arange(1, max(10, self.owners) + 1)
        return pd.DataFrame({"owners": n, "stack": n / (n + 1), "pool": 0.5})

    def _heading(self) -> str:
        return f"Royalties of {self.owners} owners of complements"


def complements(owners: int) -> Complements:
    """Return the royalties of owners of complementary patents, stacked and pooled.

    Each owner maximises r (1 - P), P being the sum of royalties: P = n/(n + 1), above the
    1/2 that a pool would ask, for buyers and owners alike the worse.

    Parameters
    ----------
    owners : int
        n >= 1.

    Notes
    -----
    Source: Cournot's complements.

    Examples
    --------
    >>> complements(3).stack, complements(3).pool
    (0.75, 0.5)
    """
    n = require_integer("owners", owners, at_least=1)
    stack, royalty = n / (n + 1), 1 / (n + 1)
    tried = np.linspace(0, 1, 4001)
    gain = float((tried * np.maximum(0.0, 1 - (n - 1) * royalty - tried)).max())
    certificate = worst(0.0, gain - royalty * (1 - stack))
    return Complements(
        stack=stack,
        royalty=royalty,
        pool=0.5,
        stack_profit=stack * (1 - stack),
        pool_profit=0.25,
        status=verdict(certificate),
        certificate=certificate,
        owners=n,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Coupling(Answer):
    """How far subsystems are developed, and how evenly.

    Attributes
    ----------
    coupling : float
        C = k (prod u)^(1/k) / sum u, in [0, 1]; 1 if all are alike.
    level : float
        T, the mean of u.
    degree : float
        D = sqrt(C T), the coupling coordination degree.
    status : str
        ``ok``, or ``bottleneck`` if a subsystem is at zero, and so C and D are.
    certificate : float
        Distance of D^2 from the geometric mean of u, which it equals.
    subsystems : tuple of float
        u.
    """

    coupling: float
    level: float
    degree: float
    status: str
    certificate: float
    subsystems: tuple[float, ...]

    def plot_data(self) -> pd.DataFrame:
        """Return the degree as the most developed subsystem goes from zero to one."""
        import pandas as pd

        u = np.array(self.subsystems)
        best, grid = int(u.argmax()), np.linspace(0, 1, 101)
        rows = np.tile(u, (101, 1))
        rows[:, best] = grid
        degree = np.prod(rows, axis=1) ** (1 / (2 * u.size))
        return pd.DataFrame({"the_leading_subsystem": grid, "degree": degree})

    def _heading(self) -> str:
        return "Coupling coordination degree"


def ccd(subsystems: ArrayLike) -> Coupling:
    """Return the coupling coordination degree of two or more subsystems.

    Parameters
    ----------
    subsystems : array_like, shape (k,)
        u >= 0, how far each is developed; at least one above 0.

    Notes
    -----
    C T is the geometric mean of u, and D its root: D also rises when only the leader
    improves, so that a rise does not show that a bottleneck was removed.

    Examples
    --------
    >>> even, uneven = ccd([0.5, 0.5, 0.5]), ccd([0.9, 0.5, 0.1])
    >>> round(even.coupling, 6), round(even.degree, 6), round(uneven.degree, 6)
    (1.0, 0.707107, 0.596397)
    """
    u = entries("subsystems", subsystems, at_least=0)
    size, total = len(u), sum(u)
    if size < 2:
        raise InputError(f"subsystems is {u}; there must be at least two of them.")
    if total == 0:
        raise InputError("subsystems are all 0; at least one must be above 0.")
    coupling = float(size * np.prod(np.array(u) ** (1 / size)) / total)
    degree = float(np.sqrt(coupling * total / size))
    mean = float(np.exp(np.mean(np.log(u)))) if min(u) > 0 else 0.0
    status = verdict(abs(degree**2 - mean))
    if status == "ok" and min(u) == 0:
        status = "bottleneck"
    return Coupling(
        coupling=coupling,
        level=total / size,
        degree=degree,
        status=status,
        certificate=abs(degree**2 - mean),
        subsystems=u,
    )
