"""All symmetric logit equilibria of anonymous games with two actions, and their folds.

Let p be the probability that each of N players takes action 0 (adopts) and D(p) what it
then pays more on average.  A logit equilibrium of precision lambda is p = 1/(1 + exp(-lambda
D(p))), so the whole correspondence is one explicit curve (McKelvey and Palfrey 1995,
*Quantal response equilibria for normal form games*, Games and Economic Behavior 10)

    lambda(p) = log(p/(1 - p)) / D(p),

which turns back where D = p (1 - p) log(p/(1 - p)) D'.  D is a polynomial of degree N - 1
whose Bernstein coefficients are the payoff differences themselves; so for a given lambda
every equilibrium can be isolated by subdivision and none is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.adoption.adoption_game import AdoptionGame
from unigauge.models.adoption.normal_form import require_payoff_matrix
from unigauge.models.answers import Answer, listed, verdict
from unigauge.models.arrays import require_array
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Correspondence",
    "LogitEquilibria",
    "correspondence",
    "equilibria",
]


def payoff_differences(game: AdoptionGame | ArrayLike) -> Array:
    """Return what action 0 pays more by how many of the N - 1 others take it, shape (N,)."""
    if isinstance(game, AdoptionGame):
        if np.ptp(game.cost):
            raise InputError(
                "game has players of unlike cost; symmetric logit equilibria need one cost "
                "for all. For two unlike players use principal_branch."
            )
        return np.asarray(game.benefit - game.cost[0])
    A = require_payoff_matrix(game, actions=2)
    return np.array([A[0, 1] - A[1, 1], A[0, 0] - A[1, 0]])


def mean_difference(differences: Array, p: ArrayLike) -> Array:
    """Return D(p), the mean payoff difference when the others take action 0 with p."""
    from scipy.special import gammaln, xlog1py, xlogy

    n = len(differences) - 1
    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    share = np.asarray(p, dtype=float)[..., None]
    return np.asarray(np.exp(ways + xlogy(k, share) + xlog1py(n - k, -share)) @ differences)


def slope(differences: Array, p: ArrayLike) -> Array:
    """Return D'(p)."""
    steps = np.diff(differences)
    return len(steps) * mean_difference(steps, p)


def _log_odds(p: ArrayLike) -> Array:
    share = np.asarray(p, dtype=float)
    return np.asarray(np.log(share) - np.log1p(-share))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Correspondence(Answer):
    """The symmetric logit equilibria of a game for every precision.

    Attributes
    ----------
    critical_precision : float
        The least precision at which branches meet, above which there are several
        equilibria for a while; infinite if there is never more than one.
    fold_probabilities, fold_precisions : array, shape (folds,)
        Where lambda(p) turns back, by rising probability.
    crossing_precision : float
        Where the curve crosses the branch p = 1/2 on which a coin toss is an equilibrium at
        every precision: a pitchfork if also a fold.  NaN unless D(1/2) = 0 < D'(1/2).
    indifferent : array
        Probabilities with D(p) = 0: mixed Nash equilibria, where precision is infinite.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest residual of the fold equation.
    differences : array, shape (N,)
        What action 0 pays more by the number of others who take it.
    """

    critical_precision: float
    fold_probabilities: Array
    fold_precisions: Array
    crossing_precision: float
    indifferent: Array
    status: str
    certificate: float
    differences: Array

    def precision(self, p: ArrayLike) -> Array:
        """Return lambda(p): the precision at which p is an equilibrium; may be negative.

        Raises
        ------
        InputError
            If a probability is not inside (0, 1).
        """
        share = require_array("p", p, "an array")
        if not ((share > 0) & (share < 1)).all():
            raise InputError(f"p is {p!r}; probabilities must be inside (0, 1).")
        gain = _clean(self.differences, mean_difference(self.differences, share))
        odds = _log_odds(share)
        with np.errstate(divide="ignore", invalid="ignore"):
            answer = odds / gain
        middle = (odds == 0) & (gain == 0)
        limit = 4 / slope(self.differences, 0.5) if middle.any() else np.nan
        return np.asarray(np.where(middle, limit, answer))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a fold: where it is."""
        import pandas as pd

        return pd.DataFrame(
            {"probability": self.fold_probabilities, "precision": self.fold_precisions},
            index=pd.RangeIndex(1, len(self.fold_precisions) + 1, name="fold"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return probability and precision along each branch."""
        import pandas as pd
        from scipy.special import expit

        top = 3 * float(self.fold_precisions.max(initial=0))
        top = (
            max(top, 3 * np.nan_to_num(self.crossing_precision))
            or 10 / np.abs(self.differences).max()
        )
        inner = sorted({*self.fold_probabilities, *self.indifferent, 0.5})
        reach = top * float(np.abs(self.differences).max()) + 1
        cuts = [-reach, *_log_odds(inner).tolist(), reach]
        rows = []
        for branch, (low, high) in enumerate(pairwise(cuts)):
            odds = low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, 402)[1:-1])) / 2
            p = expit(odds)
            gain = mean_difference(self.differences, p)
            rising = gain != 0
            p, at = p[rising], odds[rising] / gain[rising]
            keep = (at >= 0) & (at <= top)
            rows += [(branch, q, level) for q, level in zip(p[keep], at[keep], strict=True)]
        if 0.5 in self.indifferent:
            rows += [(len(cuts), 0.5, level) for level in np.linspace(0, top, 101)]
        return pd.DataFrame(rows, columns=["branch", "probability", "precision"])

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every branch over precision; dots are folds."""
        ax = axes_or_new(ax)
        for _, branch in self.plot_data().groupby("branch"):
            ax.plot(branch["precision"], branch["probability"], "C0")
        ax.plot(
            self.fold_precisions, self.fold_probabilities, "o", color="C1", label="fold"
        )
        if len(self.fold_precisions):
            ax.legend(frameon=False)
        ax.set_xlim(left=0)
        ax.set_ylim(-0.02, 1.02)
        ax.set_xlabel("precision")
        ax.set_ylabel("probability of action 0")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return (
            f"Logit equilibria of {len(self.differences)} players; folds: "
            f"{len(self.fold_precisions)}"
        )

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "several equilibria from": f"precision {self.critical_precision:.6g}",
            "indifferent at": listed(self.indifferent),
            "certificate": f"{self.certificate:.1e}",
        }


def _clean(differences: Array, values: Array) -> Array:
    """Return payoff differences with rounding around zero removed."""
    return np.where(np.abs(values) <= 1e-14 * np.abs(differences).max(), 0.0, values)


def correspondence(game: AdoptionGame | ArrayLike) -> Correspondence:
    """Return the curve of all symmetric logit equilibria, with its folds.

    Parameters
    ----------
    game : AdoptionGame or array-like, shape (2, 2)
        An adoption game with one cost for all (action 0 is to adopt), or the payoffs of a
        symmetric two-player game by own action and the other's.  Any anonymous game with
        two actions is ``AdoptionGame(differences, 0)``.

    Raises
    ------
    InputError
        If costs differ or payoffs are no 2 by 2 matrix.

    Notes
    -----
    lambda(p) is exact; folds are found on 4,001 points in p and in log odds and polished to
    about 1e-12.

    Examples
    --------
    >>> curve = correspondence([[1, 0], [0, 1]])
    >>> curve.critical_precision, round(float(curve.precision(0.9)), 6)
    (2.0, 2.746531)
    """
    differences = payoff_differences(game)
    if not differences.any():
        raise InputError(
            "both actions always pay the same, so that p is 1/2 at every precision and there "
            "is no curve; payoffs must differ somewhere."
        )

    def turning(p: ArrayLike) -> Array:
        share = np.asarray(p, dtype=float)
        bend = share * (1 - share) * _log_odds(share) * slope(differences, share)
        return np.asarray(mean_difference(differences, share) - bend)

    from scipy.special import expit

    grid = np.unique([*np.linspace(0, 1, 2003)[1:-1], *expit(np.linspace(-40, 30, 1999))])
    grid = grid[(grid > 0) & (grid < 1)]
    middle = _clean(differences, mean_difference(differences, 0.5)) == 0
    crossing = float("nan")
    away = np.abs(grid - 0.5) > (2e-3 if middle else 0)
    grid = grid[away]
    folds = _sign_changes(turning, grid, skip_middle=bool(middle))
    zeros = _sign_changes(lambda p: mean_difference(differences, p), grid, bool(middle))
    if middle:
        zeros.append(0.5)
        steep = float(slope(differences, 0.5))
        crossing = 4 / steep if steep > 0 else float("nan")
        sides = turning([0.5 - 2e-3, 0.5 + 2e-3])
        if steep > 0 and sides[0] * sides[1] < 0:
            folds.append(0.5)
    curve = Correspondence(
        critical_precision=float("inf"),
        fold_probabilities=frozen([]),
        fold_precisions=frozen([]),
        crossing_precision=crossing,
        indifferent=frozen(sorted(zeros)),
        status="ok",
        certificate=0.0,
        differences=frozen(differences),
    )
    places = np.array(sorted(folds))
    levels = curve.precision(places) if len(places) else places
    real = np.isfinite(levels) & (levels > 0)
    places, levels = places[real], levels[real]
    least = min([*levels, *([crossing] if np.isfinite(crossing) else [])], default=np.inf)
    residual = np.abs(turning(places)).max(initial=0) / np.abs(differences).max()
    return Correspondence(
        critical_precision=float(least),
        fold_probabilities=frozen(places),
        fold_precisions=frozen(levels),
        crossing_precision=crossing,
        indifferent=curve.indifferent,
        status=verdict(float(residual)),
        certificate=float(residual),
        differences=curve.differences,
    )


def _sign_changes(
    function: Callable[[ArrayLike], Array], grid: Array, skip_middle: bool
) -> list[float]:
    """Return the roots of ``function`` between points of the grid where it changes sign."""
    from scipy.optimize import brentq

    values = function(grid)
    exact: list[float] = grid[values == 0].tolist()
    places = np.flatnonzero(values[:-1] * values[1:] < 0)
    return exact + [
        float(brentq(lambda p: float(function(p)), grid[k], grid[k + 1], xtol=1e-15))
        for k in places
        if not (skip_middle and grid[k] < 0.5 < grid[k + 1])
    ]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LogitEquilibria(Answer):
    """All symmetric logit equilibria of a game at one precision.

    Attributes
    ----------
    probabilities : array, shape (k,)
        Probability of action 0 in each, rising.
    stable : array of bool, shape (k,)
        Whether a slow logit adjustment returns to it.
    precision : float
        lambda.
    complete : bool
        True: all are listed.
    status : str
        ``ok`` if certified, else ``uncertified``; there is always an equilibrium.
    certificate : float
        Largest distance between p and the logit response to it.
    differences : array, shape (N,)
        What action 0 pays more by the number of others who take it.
    """

    probabilities: Array
    stable: NDArray[np.bool_]
    precision: float
    complete: bool
    status: str
    certificate: float
    differences: Array

    def __len__(self) -> int:
        return len(self.probabilities)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an equilibrium."""
        import pandas as pd

        return pd.DataFrame(
            {"probability": self.probabilities, "stable": self.stable},
            index=pd.RangeIndex(1, len(self) + 1, name="equilibrium"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return the logit response by the probability with which others take action 0."""
        import pandas as pd
        from scipy.special import expit

        p = np.linspace(0, 1, 401)
        response = expit(self.precision * mean_difference(self.differences, p))
        return pd.DataFrame({"others_take_0": p, "response": response, "diagonal": p})

    def _heading(self) -> str:
        return f"Logit equilibria at precision {self.precision:g}: {len(self)}"


def equilibria(game: AdoptionGame | ArrayLike, precision: float) -> LogitEquilibria:
    """Return all symmetric logit equilibria at one precision.

    Parameters
    ----------
    game : AdoptionGame or array-like, shape (2, 2)
        As in :func:`correspondence`.
    precision : float
        lambda, not negative.

    Notes
    -----
    log(p/(1 - p)) - lambda D(p) is monotone between the roots of a polynomial in Bernstein
    form, which are isolated by subdivision (Descartes' rule); each piece holds at most one
    equilibrium.

    Examples
    --------
    >>> equilibria([[1, 0], [0, 1]], 3.0).probabilities.round(6)
    array([0.07072, 0.5    , 0.92928])
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    differences = payoff_differences(game)
    level = require_number("precision", precision, at_least=0)

    def excess(odds: float) -> float:
        return float(odds - level * mean_difference(differences, expit(odds)))

    N = len(differences)
    j = np.arange(1, N)
    inner = level * j * (N - j) / N * np.diff(differences) - 1
    turns = _bernstein_roots(np.concatenate([[-1.0], inner, [-1.0]]))
    reach = level * float(np.abs(differences).max()) + 1
    cuts = [-reach, *(_log_odds(turns).tolist() if turns else []), reach]
    values = [excess(cut) for cut in cuts]
    small = 1e-13 * max(1.0, reach)
    found = [c for c, v in zip(cuts, values, strict=True) if abs(v) <= small]  # tangencies
    for k in range(len(cuts) - 1):
        ends = values[k : k + 2]
        if min(map(abs, ends)) > small and ends[0] * ends[1] < 0:
            found.append(float(brentq(excess, cuts[k], cuts[k + 1], xtol=1e-14)))
    odds = np.array(sorted(found))
    p = np.asarray(expit(odds))
    stable = 2 + 2 * np.cosh(np.clip(odds, -700, 700)) > level * slope(differences, p)
    stable.setflags(write=False)
    certificate = float(np.abs(p - expit(level * mean_difference(differences, p))).max())
    return LogitEquilibria(
        probabilities=frozen(p),
        stable=stable,
        precision=level,
        complete=True,
        status=verdict(certificate),
        certificate=certificate,
        differences=frozen(differences),
    )


def _bernstein_roots(coefficients: Array) -> list[float]:
    """Return the roots inside (0, 1) of a polynomial in Bernstein form, rising."""
    roots: list[float] = []
    waiting = [(0.0, 1.0, coefficients)]
    while waiting:
        low, high, c = waiting.pop()
        signs = np.sign(c)
        if not np.diff(signs[signs != 0]).any():
            continue  # no change of sign among the coefficients, so no root
        half = (low + high) / 2
        if high - low < 1e-12:
            roots.append(half)
            continue
        left, right = np.empty_like(c), np.empty_like(c)
        for k in range(len(c)):  # de Casteljau
            left[k], right[-1 - k] = c[0], c[-1]
            c = (c[:-1] + c[1:]) / 2
        if left[-1] == 0:
            roots.append(half)
        waiting += [(low, half, left), (half, high, right)]
    return sorted(roots)
