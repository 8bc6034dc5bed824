"""The precision that observed play reveals, by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.adoption.logit_branches import (
    correspondence,
    mean_difference,
    payoff_differences,
    slope,
)
from unigauge.models.adoption.logit_pairs import (
    payoff_gains,
    principal_branch,
    require_two_by_two,
)
from unigauge.models.adoption.normal_form import FiniteGame
from unigauge.models.answers import Answer
from unigauge.models.arrays import as_given
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    from unigauge.models.adoption.adoption_game import AdoptionGame

    Array = NDArray[np.float64]

__all__ = ["PrecisionEstimate", "estimate_precision"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PrecisionEstimate(Answer):
    """The precision that makes observed play most likely.

    Attributes
    ----------
    precision : float
        lambda; 0 or infinity at a corner.
    std_error : float
        From the information in the counts; NaN at a corner.
    log_likelihood : float
        Of the counts, binomial coefficients left out.
    probabilities : array
        Of action 0 in equilibrium: one number, or row and column.
    observed : array
        The shares observed.
    nobs : int
        Plays counted.
    status : str
        ``ok``, or ``corner`` where no interior precision is best.
    certificate : float
        Unlike players: slope of the log-likelihood per play.  Symmetric: distance between
        the share and the logit response to it.  NaN at a corner.
    game : FiniteGame or None
        The game, if of two unlike players.
    differences : array or None
        Payoff differences, if symmetric.
    """

    precision: float
    std_error: float
    log_likelihood: float
    probabilities: Array
    observed: Array
    nobs: int
    status: str
    certificate: float
    game: FiniteGame | None
    differences: Array | None

    def plot_data(self) -> pd.DataFrame:
        """Return observed and fitted shares of action 0 by player."""
        import pandas as pd

        return pd.DataFrame(
            {
                "player": np.arange(1, len(self.observed) + 1),
                "observed": self.observed,
                "fitted": self.probabilities,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw observed against fitted shares."""
        ax = axes_or_new(ax, size=(4.2, 4.2))
        data = self.plot_data()
        ax.plot([0, 1], [0, 1], color="0.7", lw=1)
        ax.plot(data["fitted"], data["observed"], "o", color="C0", ms=8)
        ax.set_xlabel("share of action 0, fitted")
        ax.set_ylabel("observed")
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return f"Precision from {self.nobs} plays: {self.precision:.4g}"


def estimate_precision(
    game: FiniteGame | AdoptionGame | ArrayLike, counts: ArrayLike, *, most: float = 100.0
) -> PrecisionEstimate:
    """Return the maximum-likelihood precision of logit play, with its standard error.

    Parameters
    ----------
    game : FiniteGame, AdoptionGame or array-like
        A 2 x 2 game of two unlike players, estimated along :func:`principal_branch`; or a
        symmetric game as in :func:`correspondence`, estimated over all its equilibria.
    counts : array-like of int
        Symmetric: plays of action 0 and 1, shape (2,).  Unlike players: the same for the
        row and for the column player, shape (2, 2).
    most : float, default 100
        Unlike players: largest precision looked at, in units of one over the largest
        payoff.

    Returns
    -------
    PrecisionEstimate
        ``status`` is ``corner`` if play is further from Nash than coin tosses, or as close
        as can be.

    Raises
    ------
    InputError
        If counts are negative, not whole, or all zero.

    Notes
    -----
    Symmetric games: the estimate is lambda at the observed share, in closed form, and its
    error by the delta method; with one share and one parameter the fit is perfect.

    Examples
    --------
    >>> found = estimate_precision([[1, 0], [0, 1]], [90, 10])
    >>> round(found.precision, 4), round(found.std_error, 4)
    (2.7465, 0.2107)
    """
    if isinstance(game, FiniteGame):
        return _estimate_pair(game, _require_counts(counts, (2, 2)), most)
    differences = payoff_differences(game)
    zero, one = _require_counts(counts, (2,)).tolist()
    nobs = int(zero + one)
    share = zero / nobs
    curve = correspondence(game)
    inside = 0 < share < 1
    level = float(curve.precision(share)) if inside else float("nan")
    if inside and np.isfinite(level) and level > 0:
        steepness = _precision_slope(differences, share)
        spread = abs(steepness) * np.sqrt(share * (1 - share) / nobs)
        p, status = share, "ok"
    else:
        spread, status = float("nan"), "corner"
        p, level = _nearest_corner(curve.indifferent, differences, zero, one)
    return PrecisionEstimate(
        precision=level,
        std_error=float(spread),
        log_likelihood=_log_likelihood(p, zero, one),
        probabilities=frozen([p]),
        observed=frozen([share]),
        nobs=nobs,
        status=status,
        certificate=_response_gap(differences, p, level)
        if status == "ok"
        else float("nan"),
        game=None,
        differences=frozen(differences),
    )


def _precision_slope(differences: Array, p: float) -> float:
    """Return lambda'(p)."""
    gain = float(mean_difference(differences, p))
    odds = np.log(p / (1 - p))
    return float((gain / (p * (1 - p)) - odds * slope(differences, p)) / gain**2)


def _response_gap(differences: Array, p: float, level: float) -> float:
    """Return how far p is from the logit response to it."""
    from scipy.special import expit

    return float(abs(p - expit(level * mean_difference(differences, p))))


def _nearest_corner(
    indifferent: Array, differences: Array, zero: float, one: float
) -> tuple[float, float]:
    """Return the likeliest end of the correspondence, and its precision."""
    ends = [(0.5, 0.0), *((float(p), np.inf) for p in indifferent)]
    if differences[-1] > 0:
        ends.append((1.0, np.inf))
    if differences[0] < 0:
        ends.append((0.0, np.inf))
    return max(ends, key=lambda end: _log_likelihood(end[0], zero, one))


def _log_likelihood(p: float, zero: float, one: float) -> float:
    from scipy.special import xlog1py, xlogy

    return float(xlogy(zero, p) + xlog1py(one, -p))


def _estimate_pair(game: FiniteGame, counts: Array, most: float) -> PrecisionEstimate:
    """Maximise the likelihood of both players' counts along the principal branch."""
    from scipy.optimize import minimize_scalar

    require_two_by_two(game)
    scale = max(float(np.abs(game.payoffs).max()), 1e-300)
    top = require_number("most", most, above=0) / scale
    branch = principal_branch(game, top)
    of_rows, of_columns = payoff_gains(game)

    def likelihood(shares: tuple[float, float]) -> float:
        return sum(_log_likelihood(p, *c) for p, c in zip(shares, counts, strict=True))

    def shares(level: float, guess: tuple[float, float]) -> tuple[float, float]:
        z = np.log(np.clip(guess, 1e-15, 1 - 1e-15)) - np.log1p(
            -np.clip(guess, 1e-15, 1 - 1e-15)
        )
        for _ in range(50):
            p, q = 1 / (1 + np.exp(-z))
            off = z - level * np.array([of_rows @ [1, q], of_columns @ [1, p]])
            slopes = np.array(
                [
                    [1, -level * of_rows[1] * q * (1 - q)],
                    [-level * of_columns[1] * p * (1 - p), 1],
                ]
            )
            move = np.linalg.solve(slopes, off)
            z = z - move
            if np.abs(move).max() < 1e-13 * max(1.0, float(np.abs(z).max())):
                break
        p, q = 1 / (1 + np.exp(-z))
        return float(p), float(q)

    values = [likelihood(pair) for pair in zip(branch.row, branch.column, strict=True)]
    best = int(np.argmax(values))
    corner = best in (0, len(values) - 1)
    place = (float(branch.row[best]), float(branch.column[best]))
    level = float(branch.path[best])
    spread = gradient = float("nan")
    if best == len(values) - 1:
        level = float("inf")
    if not corner or best == 0:
        low, high = sorted(branch.path[[max(best - 1, 0), best + 1]].tolist())
        found = minimize_scalar(
            lambda x: -likelihood(shares(x, place)),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-10 * max(1.0, level)},
        )
        corner = bool(found.x < 1e-7 * top)
        if corner:
            level, place = 0.0, (0.5, 0.5)
        else:
            level, place = float(found.x), shares(float(found.x), place)
            change = 1e-5 * level
            ahead, behind = (np.array(shares(level + d, place)) for d in (change, -change))
            moved = (ahead - behind) / (2 * change)
            spot = np.array(place)
            per_play = moved / (spot * (1 - spot))
            total = counts.sum(axis=1)
            spread = float(1 / np.sqrt((total * moved * per_play).sum()))
            gradient = float(
                abs(((counts[:, 0] - total * spot) * per_play).sum()) / total.sum()
            )
    return PrecisionEstimate(
        precision=level,
        std_error=spread,
        log_likelihood=likelihood(place),
        probabilities=frozen(place),
        observed=frozen(counts[:, 0] / counts.sum(axis=1)),
        nobs=int(counts.sum()),
        status="corner" if corner else "ok",
        certificate=gradient,
        game=game,
        differences=None,
    )


def _require_counts(counts: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = as_given(counts)
    whole = np.issubdtype(array.dtype, np.integer)
    if array.shape != shape or not whole or (array < 0).any():
        raise InputError(
            f"counts is {counts!r}; it must be whole numbers of plays, none negative, of "
            f"the shape {shape}."
        )
    if not array.sum(axis=-1).all():
        raise InputError(f"counts is {counts!r}; somebody has no play at all.")
    return array.astype(np.float64)
