"""Panel vector autoregressions from the cross-products of their units.

Every estimator here is a function of sums over units: Z_i'X_i, Z_i'Y_i, Z_i'Z_i and the
products of X_i and Y_i among themselves.  A bootstrap of whole units therefore only picks
the units' terms anew.  Each equation is solved by :mod:`unigauge.estimation.gmm.unit_moments`;
least squares is the case Z = X.

Coefficients are laid out (regressor, equation); a covariance of all of them goes equation
by equation.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from unigauge.errors import IdentificationError, UnigaugeWarning
from unigauge.estimation.gmm.steps import solve
from unigauge.estimation.gmm.unit_moments import UnitMoments, one_step, two_step
from unigauge.estimation.vector_autoregression.responses import companion
from unigauge.estimation.vector_autoregression.sample import VARSample
from unigauge.estimation.wording import counted, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Picks = NDArray[np.intp]

__all__ = [
    "CrossProducts",
    "Overidentification",
    "corrected_influences",
    "cross_products",
    "estimated",
    "first_order_bias",
    "influences",
    "innovations",
    "innovations_of",
    "least_squares_of_draws",
    "overidentification",
    "warn_of_many_instruments",
]

_DEPENDENT = 1e-10
_CELLS_AT_ONCE = 1 << 23


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrossProducts:
    """Sums over each unit's rows; m equations, k regressors, L instruments.

    Attributes
    ----------
    zx, zy : array, shape (N, L, k) and (N, L, m)
        Instruments with regressors and with outcomes.
    squares : array, shape (N, k + m, k + m)
        Regressors and outcomes among themselves.
    rows : array, shape (N,)
        Rows in use.
    instruments : array, shape (N, T, L)
        Of which Z_i'Z_i is made where a bootstrap asks for it.
    """

    zx: Floats
    zy: Floats
    squares: Floats
    rows: Floats
    instruments: Floats

    @property
    def overidentified(self) -> bool:
        """Whether there are more instruments than regressors."""
        return bool(self.zx.shape[1] > self.zx.shape[2])

    def picked(self, picks: Picks) -> CrossProducts:
        """Return the sums of some units, once for each time that a unit is picked."""
        return CrossProducts(
            zx=self.zx[picks],
            zy=self.zy[picks],
            squares=self.squares[picks],
            rows=self.rows[picks],
            instruments=self.instruments[picks],
        )

    def equations(self) -> list[UnitMoments]:
        """Return each equation's moments, all with the weight (sum Z_i'Z_i)^-1."""
        gram = self.gram()
        columns = np.moveaxis(self.zy, -1, 0)
        return [UnitMoments(x=self.zx, y=column, weight=gram) for column in columns]

    def gram(self) -> Floats:
        """Return the sum of Z_i'Z_i."""
        width = self.zx.shape[1]
        total = np.zeros((width, width))
        at_once = max(1, _CELLS_AT_ONCE // max(1, self.instruments[0].size))
        for start in range(0, len(self.rows), at_once):
            part = self.instruments[start : start + at_once].reshape(-1, width)
            total += part.T @ part
        return total


def cross_products(sample: VARSample) -> CrossProducts:
    """Return the sums of a sample, unit by unit.

    Raises
    ------
    IdentificationError
        If there are fewer instruments than regressors, or the regressors are collinear,
        on their own or as the instruments see them.
    """
    turned = sample.instruments.transpose(0, 2, 1)
    both = np.concatenate([sample.regressors, sample.outcomes], axis=-1)
    products = CrossProducts(
        zx=turned @ sample.regressors,
        zy=turned @ sample.outcomes,
        squares=both.transpose(0, 2, 1) @ both,
        rows=sample.rows.sum(axis=1).astype(np.float64),
        instruments=sample.instruments,
    )
    _require_identified(sample, products)
    return products


def _require_identified(sample: VARSample, products: CrossProducts) -> None:
    """Refuse regressors that do not vary, or that the instruments cannot tell apart."""
    terms, width = sample.terms, products.zx.shape[1]
    norms = np.sqrt(np.diagonal(products.squares.sum(axis=0)))[: len(terms)]
    flat = [term for term, norm in zip(terms, norms, strict=True) if norm == 0]
    if flat:
        raise IdentificationError(
            f"{joined(flat)} does not vary once the entities' levels, and where asked for the "
            "periods', are taken out. Leave the variable out."
        )
    if width < len(terms) and sample.n_instruments < len(terms):
        raise IdentificationError(
            f"{counted(sample.n_instruments, 'instrument')} cannot identify "
            f"{counted(len(terms), 'coefficient')} an equation; allow more lags as "
            "instruments, or use fewer lags."
        )
    triangle = np.linalg.qr(products.zx.sum(axis=0) / norms, mode="r")
    left = np.zeros(len(terms))
    left[: len(triangle)] = np.abs(np.diagonal(triangle))
    lost = [term for term, norm in zip(terms, left, strict=True) if norm < _DEPENDENT]
    if lost:
        raise IdentificationError(
            f"{joined(lost)}: a combination of the regressors before it, as far as the "
            f"instruments can tell. Leave out a variable of {joined(sample.variables)}, "
            "or use fewer lags."
        )


# ---------------------------------------------------------------------------
# Point estimates


def estimated(products: CrossProducts, steps: int) -> Floats:
    """Return the estimates, shape (k, m); of two steps, weighted equation by equation."""
    step = two_step if steps == 2 else one_step
    answers = [step(moments).solution.estimates for moments in products.equations()]
    return np.stack(answers, axis=-1)


def least_squares_of_draws(
    products: CrossProducts, counts: Floats
) -> tuple[Floats, Floats]:
    """Return least squares of units that count several times or not at all.

    ``counts`` has shape (draws, N).  Coefficients (draws, k, m), NaN where regressors are
    collinear, and the squares (draws, k + m, k + m) of regressors and outcomes.
    """
    squares = np.tensordot(counts, products.squares, axes=1)
    k = products.zx.shape[2]
    inner, outer = squares[:, :k, :k], squares[:, :k, k:]
    norms = np.sqrt(np.diagonal(inner, axis1=1, axis2=2))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = inner / (norms[:, :, None] * norms[:, None, :])
    identified = np.isfinite(scaled).all(axis=(1, 2))
    identified[identified] = np.linalg.eigvalsh(scaled[identified])[:, 0] > _DEPENDENT
    coefficients = np.full(outer.shape, np.nan)
    coefficients[identified] = np.linalg.solve(inner[identified], outer[identified])
    return coefficients, squares


def innovations(products: CrossProducts, coefficients: Floats) -> Floats:
    """Return the covariance of the residuals, E'E over the rows, shape (..., m, m).

    Of one system (k, m), or of many (..., k, m).
    """
    return innovations_of(products.squares.sum(axis=0), products.rows.sum(), coefficients)


def innovations_of(squares: Floats, rows: Floats, coefficients: Floats) -> Floats:
    """Return the same from squares (..., k + m, k + m) and numbers of rows (...)."""
    m = coefficients.shape[-1]
    ones = np.broadcast_to(np.eye(m), (*coefficients.shape[:-2], m, m))
    combine = np.concatenate([-coefficients, ones], axis=-2)
    return np.asarray(
        np.swapaxes(combine, -1, -2) @ squares @ combine / np.asarray(rows)[..., None, None]
    )


def first_order_bias(
    products: CrossProducts, coefficients: Floats, sigma: Floats
) -> Floats:
    """Return the bias of least squares, of order 1/T (Hahn and Kuersteiner 2002).

    With companion matrix F, J = [I 0 ... 0]' and the regressors' squares G it is
    -N G^-1 (I - F)^-1 J Sigma; each unit adds the product of its mean lag and its mean
    innovation, to first order.
    """
    k, m = coefficients.shape
    identity = np.eye(k)
    spread = np.linalg.solve(identity - companion(coefficients.T), identity[:, :m])
    squares = products.squares.sum(axis=0)[:k, :k]
    return np.asarray(-len(products.rows) * np.linalg.solve(squares, spread @ sigma))


# ---------------------------------------------------------------------------
# What each unit adds, equation by equation


def influences(products: CrossProducts, coefficients: Floats) -> Floats:
    """Return what each unit adds to the one-step estimates' errors, shape (N, m k).

    ``coefficients`` are those at which the residuals are taken.
    """
    parts = [
        moments.scores(own) @ one_step(moments).solution.influence.T
        for moments, own in zip(products.equations(), coefficients.T, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def corrected_influences(products: CrossProducts) -> Floats:
    """Return the same of the two-step estimates, with Windmeijer's (2005) correction.

    The sum of squares is, within an equation, his M2 + D M2 + M2 D' + D V1 D'.
    """
    parts = [two_step(moments).influence for moments in products.equations()]
    return np.concatenate(parts, axis=1)


class Overidentification(NamedTuple):
    """Hansen's test of the moments of the whole system.

    Attributes
    ----------
    statistic : float
        Least value of the efficient two-step criterion of all equations together.
    df : int
        Moments less parameters, both of the whole system.
    moments, parameters : int
        Their numbers.
    """

    statistic: float
    df: int
    moments: int
    parameters: int


def overidentification(products: CrossProducts) -> Overidentification:
    """Return Hansen's J of the system, jointly efficient, at its own minimum.

    Raises
    ------
    IdentificationError
        If there are not more units than moments, so that the weight does not exist.
    """
    units, width, m = products.zy.shape
    parameters = m * products.zx.shape[2]
    if units <= m * width:
        raise IdentificationError(
            f"the system has {m * width} moments and {units} units; its weight needs more "
            "units than moments. Use collapse=True or fewer lags as instruments."
        )
    scores = products.zy - products.zx @ estimated(products, 1)
    together = scores.transpose(0, 2, 1).reshape(units, m * width)
    best = solve(
        np.kron(np.eye(m), products.zx.sum(axis=0)),
        products.zy.sum(axis=0).T.ravel(),
        together.T @ together,
    )
    return Overidentification(
        statistic=best.criterion,
        df=best.rank - parameters,
        moments=best.rank,
        parameters=parameters,
    )


def warn_of_many_instruments(sample: VARSample) -> None:
    """Warn where there are more instruments than entities."""
    if sample.n_instruments > sample.n_entities:
        warnings.warn(
            f"{sample.n_instruments} instruments an equation for "
            f"{counted(sample.n_entities, 'entity')}: with more instruments than entities "
            "the two-step weight is singular (a pseudo-inverse is used) and the tests say "
            "little. Use collapse=True or fewer lags as instruments.",
            UnigaugeWarning,
            stacklevel=3,
        )
