"""The fitted panel vector autoregression, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from unigauge.errors import (
    InputError,
    require_choice,
    require_integer,
    require_seed,
)
from unigauge.estimation.coefficients import t_tests
from unigauge.estimation.vector_autoregression.draws import (
    Estimator,
    normal_draws,
    resampled,
    wishart_draws,
)
from unigauge.estimation.vector_autoregression.equation import VAREquation
from unigauge.estimation.vector_autoregression.moments import Overidentification
from unigauge.estimation.vector_autoregression.responses import (
    ImpulseResponses,
    VarianceDecomposition,
    companion,
    generalised,
    moving_average,
    no_band,
    orthogonal,
    percentiles,
    shares,
)
from unigauge.estimation.vector_autoregression.specification import (
    LagSelection,
    SystemGranger,
    granger_tests,
)
from unigauge.estimation.wording import counted
from unigauge.results import Result, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["PanelVARFit"]

_PLOTTED = 10
"""Periods that the picture of a fit shows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PanelVARFit(Result):
    """Result of :func:`panel_var`.

    Attributes
    ----------
    variables : tuple of str, length m
        The system.
    lags : int
        Its order, p.
    method, how : str
        ``"gmm"``, ``"ols"`` or ``"bias_corrected"``, and the same in words.
    demean : str
        ``"time"`` if period means or effects were taken out.
    coefficients : array, shape (m, m p)
        [A_1 ... A_p]: row the equation, column the regressor, all variables at lag 1
        first.
    sigma : array, shape (m, m)
        Covariance of the innovations, E'E over the rows.
    covariance : array, shape (m m p, m m p)
        Of all coefficients, equation by equation.
    convention : str
        How that covariance was computed.
    nobs, n_entities : int
        Rows of each equation, after the transformation, and entities.
    window : tuple
        First and last period of the outcomes.
    n_instruments : int
        Instruments an equation; 0 by least squares.
    hansen : Overidentification or None
        Test of the system's moments where it is overidentified and has more entities
        than moments.
    """

    variables: tuple[str, ...]
    lags: int
    method: str
    how: str
    demean: str
    coefficients: Floats
    sigma: Floats
    covariance: Floats
    convention: str
    nobs: int
    n_entities: int
    window: tuple[Any, Any]
    n_instruments: int
    hansen: Overidentification | None
    _estimator: Estimator
    _select: Callable[[int, tuple[int, int] | None], LagSelection]

    # -- coefficients ------------------------------------------------------

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the regressors, the same in every equation."""
        return tuple(
            f"lag({name}, {k})" for k in range(1, self.lags + 1) for name in self.variables
        )

    def equation(self, response: str) -> VAREquation:
        """Return the equation of one variable."""
        require_choice("response", response, self.variables)
        j, width = self.variables.index(response), len(self.terms)
        own = slice(j * width, (j + 1) * width)
        return VAREquation(
            response=response,
            regressors=self.terms,
            coefficients=self.coefficients[j],
            tests=t_tests(self.coefficients[j], self.covariance[own, own]),
            rows=self.nobs,
            convention=self.convention,
        )

    @property
    def equations(self) -> dict[str, VAREquation]:
        """All equations by the variable that they explain."""
        return {name: self.equation(name) for name in self.variables}

    @property
    def params(self) -> pd.Series[float]:
        """Coefficients by (equation, term)."""
        return self._joined("params", "estimate")

    @property
    def std_errors(self) -> pd.Series[float]:
        """Standard errors by (equation, term)."""
        return self._joined("std_errors", "std_error")

    @property
    def pvalues(self) -> pd.Series[float]:
        """Two-sided p-values against zero by (equation, term)."""
        return self._joined("pvalues", "p_value")

    def _joined(self, what: str, name: str) -> pd.Series[float]:
        import pandas as pd

        parts = {key: getattr(part, what) for key, part in self.equations.items()}
        joined: pd.Series[float] = pd.concat(parts, names=["equation", "term"])
        return joined.rename(name)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a coefficient, with 95 % intervals.

        Columns: ``equation term estimate std_error statistic p_value conf_low conf_high``.
        """
        import pandas as pd

        parts = {name: part.to_frame() for name, part in self.equations.items()}
        frame = pd.concat(parts, names=["equation", None]).reset_index(level=0)
        return frame.reset_index(drop=True)

    # -- dynamics ----------------------------------------------------------

    @property
    def eigenvalues(self) -> NDArray[np.complex128]:
        """Eigenvalues of the companion matrix, largest modulus first."""
        values = np.linalg.eigvals(companion(self.coefficients)).astype(np.complex128)
        return values[np.argsort(-np.abs(values), kind="stable")]

    @property
    def stable(self) -> bool:
        """Whether all eigenvalues lie inside the unit circle, so that shocks die out."""
        return bool(np.abs(self.eigenvalues).max() < 1)

    def irf(
        self,
        horizon: int = 10,
        *,
        kind: Literal["orthogonal", "generalised"] = "orthogonal",
        order: Sequence[str] | None = None,
        bands: Literal["draws", "bootstrap"] | None = "draws",
        draws: int = 499,
        seed: int = 0,
    ) -> ImpulseResponses:
        """Return the responses to shocks of one standard deviation.

        Parameters
        ----------
        horizon : int, default 10
            Last period after the shock.
        kind : {"orthogonal", "generalised"}
            By Cholesky's factor in an order of the variables, or without an order.
        order : sequence of str, optional
            One order; where none is named, that of the variables and its reverse.
        bands : {"draws", "bootstrap"} or None
            Pointwise 95 % bands: from normal draws of the coefficients and Wishart draws
            around the residuals' covariance there, or from a bootstrap of whole entities.
        draws, seed : int
            Their number, and the seed.

        Returns
        -------
        ImpulseResponses
            ``to_frame()`` has the columns ``order shock response horizon estimate
            conf_low conf_high``.

        Raises
        ------
        InputError
            If an argument is outside its domain.
        """
        horizon = require_integer("horizon", horizon, at_least=0, because="it is a period")
        require_choice("kind", kind, ("orthogonal", "generalised"))
        if kind == "generalised" and order is not None:
            raise InputError(
                f"order is {order!r} and kind is 'generalised', which has no order; leave "
                "order out."
            )
        orders = self._orders(order) if kind == "orthogonal" else ((),)

        def compute(coefficients: Floats, sigma: Floats) -> Floats:
            paths = moving_average(coefficients, horizon)
            if kind == "generalised":
                return generalised(paths, sigma)[None]
            return np.stack([orthogonal(paths, sigma, self._at(o)) for o in orders])

        return ImpulseResponses(
            kind=kind,
            orders=orders,
            horizons=tuple(range(horizon + 1)),
            **self._with_bands(compute, bands, draws, seed),
        )

    def fevd(
        self,
        horizon: int = 10,
        *,
        order: Sequence[str] | None = None,
        bands: Literal["draws", "bootstrap"] | None = None,
        draws: int = 499,
        seed: int = 0,
    ) -> VarianceDecomposition:
        """Return each shock's share of the forecast error variance.

        Parameters
        ----------
        horizon : int, default 10
            Largest number of periods ahead; at least 1.
        order, bands, draws, seed
            As in :meth:`irf`.
        """
        horizon = require_integer(
            "horizon", horizon, at_least=1, because="it counts periods ahead"
        )
        orders = self._orders(order)

        def compute(coefficients: Floats, sigma: Floats) -> Floats:
            paths = moving_average(coefficients, horizon - 1)
            return np.stack(
                [shares(orthogonal(paths, sigma, self._at(one))) for one in orders]
            )

        return VarianceDecomposition(
            orders=orders,
            horizons=tuple(range(1, horizon + 1)),
            **self._with_bands(compute, bands, draws, seed),
        )

    def _orders(self, order: Sequence[str] | None) -> tuple[tuple[str, ...], ...]:
        """Return the order asked for, or that of the variables and its reverse."""
        if order is None:
            return self.variables, self.variables[::-1]
        asked = (order,) if isinstance(order, str) else tuple(order)
        if sorted(asked) != sorted(self.variables):
            raise InputError(
                f"order is {order!r}; it must name each of {', '.join(self.variables)} once."
            )
        return (asked,)

    def _at(self, order: Sequence[str]) -> list[int]:
        return [self.variables.index(name) for name in order]

    def _with_bands(
        self,
        compute: Callable[[Floats, Floats], Floats],
        bands: str | None,
        draws: int,
        seed: int,
    ) -> dict[str, Any]:
        """Compute paths at the estimates and, for the bands, in every draw."""
        estimates = compute(self.coefficients, self.sigma)
        low, high = no_band(estimates)
        lost = 0
        if bands is not None:
            require_choice("bands", bands, ("draws", "bootstrap"))
            draws = require_integer(
                "draws", draws, at_least=40, because="fewer have no 2.5 % tail"
            )
            seed = require_seed(seed)
            rng = np.random.default_rng(seed)
            if bands == "bootstrap":
                coefficients, sigma = resampled(
                    self._estimator, self.n_entities, draws, rng
                )
            else:
                coefficients = normal_draws(self.coefficients, self.covariance, draws, rng)
                # by GMM the residuals' covariance moves with the coefficients
                there = self._estimator.sigma_at(coefficients.swapaxes(-1, -2))
                sigma = wishart_draws(there, self.nobs, rng)
            lost = draws - len(coefficients)
            # compute() puts orders and horizons before the draws
            low, high = percentiles(np.moveaxis(compute(coefficients, sigma), 2, 0))
        return {
            "variables": self.variables,
            "estimates": frozen(estimates),
            "conf_low": frozen(low),
            "conf_high": frozen(high),
            "bands": bands,
            "draws": draws if bands else 0,
            "seed": seed,
            "draws_left_out": lost,
        }

    def bootstrap(self, draws: int, rng: np.random.Generator) -> Floats:
        """Estimate again on whole entities drawn with replacement, period effects as here.

        Returns
        -------
        array, shape (some draws, m, m p)
            Coefficients; draws that do not identify the system are left out.

        Raises
        ------
        IdentificationError
            If no draw does.
        """
        return resampled(self._estimator, self.n_entities, draws, rng)[0]

    # -- tests -------------------------------------------------------------

    def granger(self) -> SystemGranger:
        """Test, in each equation, that the lags of each other variable are zero."""
        return granger_tests(
            self.variables, self.lags, self.coefficients, self.covariance, self.convention
        )

    def select_lags(
        self, max_lags: int = 4, *, instruments: tuple[int, int] | None = None
    ) -> LagSelection:
        """Compare orders 1 to ``max_lags`` on the same rows, by the fit's own method.

        Parameters
        ----------
        max_lags : int, default 4
            Longest order.
        instruments : (int, int), optional
            GMM only: first and last lag of the instruments of every order, as in
            :func:`panel_var`; by default 1 to ``max_lags + 1``.

        Returns
        -------
        LagSelection
            By GMM Andrews and Lu's criteria; by least squares, corrected or not, Schwarz,
            Akaike and Hannan-Quinn of the least-squares system.
        """
        max_lags = require_integer(
            "max_lags", max_lags, at_least=1, because="it is an order"
        )
        return self._select(max_lags, instruments)

    # -- what is shown -----------------------------------------------------

    def plot_data(self) -> pd.DataFrame:
        """Return the orthogonal responses that :meth:`plot` draws."""
        return self.irf(_PLOTTED, order=self.variables).plot_data()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the orthogonal responses in the order of the variables."""
        return self.irf(_PLOTTED, order=self.variables).plot(ax)

    def record(self) -> dict[str, Any]:
        """Return coefficients, Granger p-values and stability as one flat row.

        Keys: ``estimate[equation: term]``, ``std_error[...]``, ``p_value[...]``,
        ``p_value[cause -> effect]``, ``largest_root``, ``nobs``.
        """
        row: dict[str, Any] = {}
        for line in self.to_frame().itertuples():
            for what in ("estimate", "std_error", "p_value"):
                row[f"{what}[{line.equation}: {line.term}]"] = getattr(line, what)
        row |= self.granger().record()
        return row | {
            "largest_root": float(np.abs(self.eigenvalues[0])),
            "nobs": self.nobs,
        }

    def _heading(self) -> str:
        return f"Panel VAR({self.lags}): {', '.join(self.variables)}"

    def _facts(self) -> Mapping[str, str]:
        roots = ", ".join(f"{abs(root):.4f}" for root in self.eigenvalues)
        facts = {
            "Method": self.how,
            "Sample": f"{counted(self.n_entities, 'entity')}, {self.nobs} rows an equation, "
            f"{self.window[0]} to {self.window[1]}",
            "Period effects": "taken out" if self.demean == "time" else "left in",
            "Std. errors": self.convention,
            "Roots": f"moduli {roots}: {'stable' if self.stable else 'not stable'}",
        }
        for test in self.granger().to_frame().itertuples():
            label = f"{test.cause} -> {test.effect}"
            facts[label] = f"Wald {test.statistic:.4g} [{test.df}], p {test.p_value:.4f}"
        if self.hansen is not None:
            from unigauge.estimation.tails import chi_squared_tail

            j, df = self.hansen.statistic, self.hansen.df
            p = float(chi_squared_tail(j, df))
            facts["Hansen"] = f"{j:.4g} [{df}], p {p:.4f}, all equations together"
        return facts

    def _notes(self) -> Sequence[str]:
        notes = []
        if not self.stable:
            notes.append(
                "A root is not inside the unit circle: shocks do not die out, and long "
                "responses and variance shares mean little."
            )
        if self.method == "ols":
            notes.append(
                "Least squares with entity effects understates persistence by a term of "
                "order 1/T; compare method='bias_corrected' or 'gmm'."
            )
        return notes
