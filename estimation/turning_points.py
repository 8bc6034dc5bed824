"""Is there an inverted U?  The test of Lind and Mehlum, and Fieller's interval.

In y = b x + c x^2 + ... the slope at x is b + 2 c x.  An inverted U needs a positive
slope at the lower end of the data and a negative one at the upper end: a significant
c is not enough.  The test rejects "no inverted U" if both one-sided tests do, so that its
p-value is the larger of theirs (Lind and Mehlum 2010, after Sasabuchi 1980).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_choice, require_numbers
from unigauge.estimation.coefficients import LEVEL
from unigauge.estimation.counts import poisson
from unigauge.estimation.expressions import parse_expression, term_names
from unigauge.estimation.fits import Fit
from unigauge.estimation.formulas import parse
from unigauge.estimation.panel import Panel
from unigauge.estimation.static import ols
from unigauge.estimation.wording import wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["InvertedU", "inverted_u"]

SHAPES = ("inverted_u", "u")
"""What is tested for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InvertedU(Result):
    """The test of an inverted U, or a U; :func:`inverted_u` makes it.

    Attributes
    ----------
    fit : Fit
        The regression with the variable and its square.
    variable, square : str
        The two terms.
    shape : str
        ``"inverted_u"`` or ``"u"``.
    ends : (float, float)
        Where the slopes are tested.
    slopes, std_errors, statistics, p_values : (float, float)
        Slope at each end, its standard error, ratio, and one-sided p-value.
    p_value : float
        The larger of the two.
    turning_point : float
        -b / (2 c).
    interval : (float, float)
        95 % confidence set of the turning point (Fieller 1954); unbounded where the
        square is not significant.
    disjoint : bool
        Whether the set is everything *outside* ``interval``.
    """

    fit: Fit
    variable: str
    square: str
    shape: str
    ends: tuple[float, float]
    slopes: tuple[float, float]
    std_errors: tuple[float, float]
    statistics: tuple[float, float]
    p_values: tuple[float, float]
    p_value: float
    turning_point: float
    interval: tuple[float, float]
    disjoint: bool

    def to_frame(self) -> pd.DataFrame:
        """Return one row an end: ``end value slope std_error statistic p_value``."""
        import pandas as pd

        return pd.DataFrame(
            {
                "end": ["lower", "upper"],
                "value": self.ends,
                "slope": self.slopes,
                "std_error": self.std_errors,
                "statistic": self.statistics,
                "p_value": self.p_values,
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the slope over the range of the variable, with its 95 % band."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        x = data[self.variable]
        ax.fill_between(x, data["conf_low"], data["conf_high"], alpha=0.25)
        ax.plot(x, data["slope"])
        ax.axhline(0, color="0.6", linewidth=0.8)
        if self.ends[0] <= self.turning_point <= self.ends[1]:
            ax.axvline(self.turning_point, color="C3", linestyle="--")
        ax.set_xlabel(self.variable)
        ax.set_ylabel("slope (95 % band)")
        ax.set_title(wrapped(self._heading()))
        return ax

    def plot_data(self) -> pd.DataFrame:
        """Return the slope on 201 points between the ends, with its interval."""
        import pandas as pd
        from scipy import stats

        x = np.linspace(*self.ends, 201)
        slopes, errors = _slopes(self.fit, self.variable, self.square, x)
        reach = stats.t.ppf((1 + LEVEL) / 2, self.fit.df) * errors
        return pd.DataFrame(
            {
                self.variable: x,
                "slope": slopes,
                "conf_low": slopes - reach,
                "conf_high": slopes + reach,
            }
        )

    def record(self) -> dict[str, Any]:
        """Return the test as one flat row."""
        return {
            "shape": self.shape,
            "p_value": self.p_value,
            "turning_point": self.turning_point,
            "conf_low": self.interval[0],
            "conf_high": self.interval[1],
            "disjoint": self.disjoint,
            "slope_lower": self.slopes[0],
            "slope_upper": self.slopes[1],
            "nobs": self.fit.nobs,
        }

    def _heading(self) -> str:
        name = {"inverted_u": "Inverted U", "u": "U"}[self.shape]
        return f"{name} in {self.variable}: {self.fit.formula}"

    def _facts(self) -> Mapping[str, str]:
        low, high = self.interval
        where = f"from {low:.5g} to {high:.5g}"
        if self.disjoint:
            where = f"everything but {low:.5g} to {high:.5g}"
        elif math.isinf(low):
            where = "every number"
        return {
            "Test": f"p = {self.p_value:.3g} (the larger of the two below, one-sided)",
            "Turning point": f"{self.turning_point:.5g}; 95 % set (Fieller): {where}",
            "Std. errors": self.fit.convention,
        }

    def _notes(self) -> Sequence[str]:
        notes = []
        if not self.ends[0] < self.turning_point < self.ends[1]:
            notes.append(
                "The turning point lies outside the data: within them the relation goes "
                "one way, whatever the square's coefficient."
            )
        if self.disjoint or math.inf in map(abs, self.interval):
            notes.append(
                "The square is not significant, so that the data do not bound the turning "
                "point."
            )
        return notes


def inverted_u(
    frame: pd.DataFrame | Panel,
    formula: str,
    variable: str,
    *,
    shape: str = "inverted_u",
    ends: tuple[float, float] | None = None,
    estimator: str = "ols",
    cov: str = "clustered",
    small_sample: str = "stata",
    cluster: str | Sequence[str] = "entity",
    bandwidth: int | None = None,
) -> InvertedU:
    """Test whether a relation is an inverted U within the data (Lind and Mehlum 2010).

    Parameters
    ----------
    frame : DataFrame or Panel
        Data indexed by (entity, time).
    formula : str
        As for :func:`unigauge.estimation.ols`, with ``variable`` among the regressors;
        its square, ``I(variable ** 2)``, is added where it is not there.
    variable : str
        The regressor, such as ``"x"`` or ``"lag(x, 1)"``.
    shape : {"inverted_u", "u"}
        What is tested for.
    ends : (float, float), optional
        Where slopes are tested; the lowest and highest value in the sample by default.
    estimator : {"ols", "poisson"}
        The regression.
    cov, small_sample, cluster, bandwidth
        As for :func:`unigauge.estimation.ols`; not the wild bootstrap.

    Returns
    -------
    InvertedU
        Slopes at both ends, the joint test, and the turning point with Fieller's
        interval.

    Raises
    ------
    InputError
        If the variable is not a regressor, or ends are not in order.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> index = pd.MultiIndex.from_product([range(20), range(10)], names=["id", "year"])
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(0, 4, size=200)
    >>> y = 4 * x - x**2 + rng.normal(size=200)
    >>> rows = pd.DataFrame({"x": x, "y": y}, index=index)
    >>> test = inverted_u(rows, "y ~ x | entity", "x")
    >>> round(test.turning_point, 1), test.p_value < 0.01
    (2.0, True)
    """
    require_choice("shape", shape, SHAPES)
    require_choice("estimator", estimator, ("ols", "poisson"))
    require_choice("cov", cov, ("clustered", "robust", "iid", "driscoll_kraay"))
    name = parse_expression(variable).name
    text, square = _with_square(formula, name)
    regression = ols if estimator == "ols" else poisson
    fit = regression(
        frame,
        text,
        cov=cov,
        small_sample=small_sample,
        cluster=cluster,
        bandwidth=bandwidth,
    )
    if ends is None:
        values = fit.design.x[:, fit.terms.index(name)]
        ends = float(values.min()), float(values.max())
    low, high = require_numbers("ends", ends, length=2)
    if low >= high:
        raise InputError(f"ends is ({low:g}, {high:g}); the lower end must come first.")
    return _tested(fit, name, square, shape, (low, high))


def _with_square(formula: str, name: str) -> tuple[str, str]:
    """Return the formula with the square, and the square's name."""
    names = [term.name for term in parse(formula).regressors]
    if name not in names:
        raise InputError(
            f"variable is {name!r}, which is no regressor of {formula!r}; it has "
            f"{', '.join(names)}."
        )
    spellings = [term_names(f"I(({name}){power})")[0] for power in ("**2", f"*({name})")]
    for square in spellings:
        if square in names:
            return formula, square
    left, right = formula.split("~")
    regressors, bar, effects = right.partition("|")
    return f"{left}~{regressors.rstrip()} + {spellings[0]} {bar}{effects}", spellings[0]


def _slopes(fit: Fit, name: str, square: str, x: Any) -> tuple[Any, Any]:
    """Return the slope at ``x`` and its standard error."""
    at = [fit.terms.index(name), fit.terms.index(square)]
    b, c = fit.solution.estimates[at]
    v = fit.inference.covariance[np.ix_(at, at)]
    variance = v[0, 0] + 4 * x * v[0, 1] + 4 * x**2 * v[1, 1]
    return b + 2 * c * x, np.sqrt(variance)


def _tested(
    fit: Fit, name: str, square: str, shape: str, ends: tuple[float, float]
) -> InvertedU:
    from scipy import stats

    slopes, errors = _slopes(fit, name, square, np.array(ends))
    signs = np.array([1, -1]) if shape == "inverted_u" else np.array([-1, 1])
    statistics = slopes / errors
    p_values = stats.t.sf(signs * statistics, fit.df)
    interval, disjoint = _fieller(fit, name, square)
    b, c = fit.params[name], fit.params[square]
    return InvertedU(
        fit=fit,
        variable=name,
        square=square,
        shape=shape,
        ends=ends,
        slopes=_pair(slopes),
        std_errors=_pair(errors),
        statistics=_pair(statistics),
        p_values=_pair(p_values),
        p_value=float(max(p_values)),
        turning_point=float(-b / (2 * c)),
        interval=interval,
        disjoint=disjoint,
    )


def _pair(values: Any) -> tuple[float, float]:
    return float(values[0]), float(values[1])


def _fieller(fit: Fit, name: str, square: str) -> tuple[tuple[float, float], bool]:
    """Return the x whose slope may be zero: (b + 2 c x)^2 <= t^2 var(b + 2 c x).

    Where the square is not significant the set is the outside of an interval, or every
    number.
    """
    from scipy import stats

    at = [fit.terms.index(name), fit.terms.index(square)]
    b, c = fit.solution.estimates[at]
    v = fit.inference.covariance[np.ix_(at, at)]
    t2 = stats.t.ppf((1 + LEVEL) / 2, fit.df) ** 2
    quadratic = 4 * (c**2 - t2 * v[1, 1])
    half_linear = 2 * (b * c - t2 * v[0, 1])
    constant = b**2 - t2 * v[0, 0]
    discriminant = half_linear**2 - quadratic * constant
    if discriminant <= 0:
        return (-math.inf, math.inf), False
    root = math.sqrt(discriminant)
    bounds = sorted([(-half_linear - root) / quadratic, (-half_linear + root) / quadratic])
    return (float(bounds[0]), float(bounds[1])), bool(quadratic < 0)
