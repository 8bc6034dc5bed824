"""Fits side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unigauge.errors import InputError
from unigauge.estimation.fits import Fit
from unigauge.estimation.wording import counted, wrapped
from unigauge.results import Result, axes_or_new

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Comparison", "compare", "draw_side_by_side"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Comparison(Result):
    """Fits side by side; :func:`compare` makes it.

    Attributes
    ----------
    names : tuple of str
        One a fit.
    fits : tuple of Fit
        The fits.
    """

    names: tuple[str, ...]
    fits: tuple[Fit, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the table: estimates with standard errors in brackets below, as text."""
        import pandas as pd

        terms = dict.fromkeys(term for fit in self.fits for term in fit.terms)
        rows: dict[str, list[str]] = {}
        for term in terms:
            cells = [_cell(fit, term) for fit in self.fits]
            rows[term] = [estimate for estimate, _ in cells]
            rows[f"{term} (s.e.)"] = [error for _, error in cells]
        rows["response"] = [fit.design.formula.response.name for fit in self.fits]
        rows["model"] = [fit.model for fit in self.fits]
        rows["fixed effects"] = [
            ", ".join([*fit.design.effect_names, *(s.name for s in fit.design.slopes)])
            for fit in self.fits
        ]
        rows["std. errors"] = [fit.inference.cov for fit in self.fits]
        rows["small sample"] = [fit.inference.small_sample for fit in self.fits]
        rows["rows"] = [str(fit.nobs) for fit in self.fits]
        return pd.DataFrame.from_dict(rows, orient="index", columns=list(self.names))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every coefficient of every fit with its interval."""
        return draw_side_by_side(ax, self.plot_data(), "fit", self._heading())

    def plot_data(self) -> pd.DataFrame:
        """Return one row a fit and coefficient: ``fit`` and the columns of the fit."""
        import pandas as pd

        return pd.concat(
            [
                fit.to_frame().assign(fit=name)
                for name, fit in zip(self.names, self.fits, strict=True)
            ],
            ignore_index=True,
        )

    def record(self) -> dict[str, Any]:
        """Return all fits as one flat row, names prefixed."""
        return {
            f"{name}: {key}": value
            for name, fit in zip(self.names, self.fits, strict=True)
            for key, value in fit.record().items()
        }

    def _heading(self) -> str:
        return f"{counted(len(self.fits), 'fit')} side by side"

    def _notes(self) -> Sequence[str]:
        return [
            f"{name}: {fit.convention}"
            for name, fit in zip(self.names, self.fits, strict=True)
        ]


def draw_side_by_side(ax: Axes | None, data: pd.DataFrame, by: str, title: str) -> Axes:
    """Draw coefficients with their intervals, those of one term together.

    Parameters
    ----------
    ax : Axes or None
        Where to draw; None makes new axes.
    data : DataFrame
        Columns ``term estimate conf_low conf_high`` and ``by``.
    by : str
        Column that tells the results apart.
    title : str
        Above the picture.
    """
    ax = axes_or_new(ax, size=(6.4, 1.2 + 0.3 * len(data)))
    labels, names = list(dict.fromkeys(data["term"])), list(dict.fromkeys(data[by]))
    place = {term: len(labels) - 1 - k for k, term in enumerate(labels)}
    for k, (name, part) in enumerate(data.groupby(by, sort=False)):
        offset = (k - (len(names) - 1) / 2) * 0.6 / len(names)
        estimates = part["estimate"].to_numpy()
        ax.errorbar(
            estimates,
            [place[term] - offset for term in part["term"]],
            xerr=[estimates - part["conf_low"], part["conf_high"] - estimates],
            fmt="o",
            capsize=3,
            label=str(name),
        )
    ax.axvline(0, color="0.6", linewidth=0.8)
    ax.set_yticks([place[term] for term in labels], labels)
    ax.set_ylim(-0.5, len(labels) - 0.5)
    ax.set_xlabel("coefficient (95 % interval)")
    ax.set_title(wrapped(title))
    ax.legend(frameon=False)
    return ax


def compare(*fits: Fit | Sequence[Fit], names: Sequence[str] | None = None) -> Comparison:
    """Set fits side by side.

    Parameters
    ----------
    *fits : Fit
        At least one; or one list of fits.
    names : sequence of str, optional
        One a fit; ``(1)``, ``(2)``, ... by default.

    Returns
    -------
    Comparison
        Prints as a table; ``plot_data()`` holds the numbers.

    Raises
    ------
    InputError
        If there is no fit, or names do not match.

    Examples
    --------
    >>> import pandas as pd
    >>> from unigauge.estimation import ols
    >>> rows = pd.DataFrame(
    ...     {"state": list("aaaabbbbcccc"), "year": [0, 1, 2, 3] * 3,
    ...      "x": [0, 1, 3, 2, 5, 4, 6, 9, 1, 1, 2, 5],
    ...      "y": [1, 3, 6, 6, 7, 6, 8, 15, 0, 1, 2, 7]}).set_index(["state", "year"])
    >>> fits = [ols(rows, "y ~ x | entity"), ols(rows, "y ~ x | entity + time")]
    >>> compare(fits, names=["one way", "two ways"]).to_frame().loc[["x", "x (s.e.)"]]
                one way  two ways
    x             1.765     1.463
    x (s.e.)  (0.08492)  (0.2258)
    """
    if len(fits) == 1 and isinstance(fits[0], Sequence):
        fits = tuple(fits[0])
    chosen = tuple(fit for fit in fits if isinstance(fit, Fit))
    if not fits or len(chosen) != len(fits):
        raise InputError("compare needs fits of ols or poisson: compare(first, second).")
    labels = (
        tuple(names) if names is not None else tuple(f"({k + 1})" for k in range(len(fits)))
    )
    if len(labels) != len(fits) or len(set(labels)) != len(labels):
        raise InputError(
            f"names are {list(labels)}; there must be {len(fits)}, all different."
        )
    return Comparison(names=labels, fits=chosen)


def _cell(fit: Fit, term: str) -> tuple[str, str]:
    if term not in fit.terms:
        return "", ""
    at = fit.terms.index(term)
    estimate = f"{fit.solution.estimates[at]:.4g}"
    return estimate, f"({fit.inference.std_errors[at]:.4g})"
