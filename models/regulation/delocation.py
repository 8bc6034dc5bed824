"""Regulation and firm delocation: product standards as instruments of location.

After Grossman, McCalman and Staiger (2021), "The 'New' Economics of Trade
Agreements: From Trade Liberalization to Regulatory Convergence?", Econometrica
89(1), 215-249.  The claims are the paper's; the equations are a reconstruction
that proves them, since the full text was not at hand.

Two countries differ in what attribute of a good they like.  Firms design one
version for each market and pay more the more the versions differ.  A government
that makes life harder for foreign firms pulls firms across the border and lowers
its price index at the partner's expense (delocation).  :func:`solve` asks what
standards come out of each regime of rules; :func:`compare` lists all regimes.

Examples
--------
>>> from unigauge.models import delocation
>>> world = delocation.World(trade_cost=0.3)
>>> outcome = delocation.solve(world, "mutual_recognition")
>>> outcome.status
'ok'
>>> print(f"{outcome.world_welfare:.6f}")
-0.557519
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import require_choice, require_number
from unigauge.models.outcomes import (
    changed,
    comparison,
    first_certified,
    missed,
)
from unigauge.models.regulation.delocation_certificate import certify
from unigauge.models.regulation.delocation_market import (
    FOREIGN,
    HOME,
    Market,
    World,
    clear_markets,
    equilibrium,
    require_world,
)
from unigauge.models.regulation.delocation_regimes import CHOICES, laissez_faire
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = [
    "FOREIGN",
    "HOME",
    "REGIMES",
    "STATUSES",
    "Market",
    "Outcome",
    "World",
    "compare",
    "equilibrium",
    "solve",
]

REGIMES = (
    "laissez_faire",
    "efficient",
    "national_treatment",
    "national_treatment_optimum",
    "mutual_recognition",
    "old_agreement",
    "autarky",
)
"""Regimes that :func:`solve` knows, in the order of :func:`compare`."""

STATUSES = ("ok", "corner", "no_equilibrium_found", "not_applicable")
"""What ``Outcome.status`` can be.

``ok``: certified, both industries produce.  ``corner``: certified, one industry
is gone.  ``no_equilibrium_found``: nothing found that passes the certificate.
``not_applicable``: the regime's question does not arise in this world.
"""

_COUNTRIES = ("home", "foreign")
_VERSIONS = ("a_HH", "a_HF", "a_FH", "a_FF")


# ---------------------------------------------------------------------------
# Outcomes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """What a regime brings about in a world.

    Pairs are ordered (home, foreign).  All numbers are NaN where ``status`` is
    ``no_equilibrium_found`` or ``not_applicable``.

    Attributes
    ----------
    attributes : array, shape (2, 2)
        ``attributes[origin, market]``; NaN for an absent industry, except under
        national treatment, where the standards stand all the same.
    firms, market_access, log_price_index, local_share, damage, welfare : array, shape (2,)
        As in :class:`Market`.
    world_welfare : float
        N^H W^H + N^F W^F.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain that anybody who may choose still has, recomputed by
        independent code: a government's welfare per head (Nash regimes), world
        welfare (the two optima), a firm's profit (laissez-faire), 0 for autarky,
        where nothing is chosen; NaN where there are no numbers.
    regime : str
        One of :data:`REGIMES`.
    world : World
        The parameters.
    """

    attributes: NDArray[np.float64]
    firms: NDArray[np.float64]
    market_access: NDArray[np.float64]
    log_price_index: NDArray[np.float64]
    local_share: NDArray[np.float64]
    damage: NDArray[np.float64]
    welfare: NDArray[np.float64]
    world_welfare: float
    status: str
    certificate: float
    regime: str
    world: World

    def to_frame(self) -> pd.DataFrame:
        """Return one row a country: its firms' versions, and its market."""
        import pandas as pd

        return pd.DataFrame(
            {
                "version_for_home": self.attributes[:, HOME],
                "version_for_foreign": self.attributes[:, FOREIGN],
                "firms": self.firms,
                "market_access": self.market_access,
                "log_price_index": self.log_price_index,
                "local_share": self.local_share,
                "damage": self.damage,
                "welfare": self.welfare,
            },
            index=pd.Index(_COUNTRIES, name="country"),
        )

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with country names as suffixes."""
        row: dict[str, Any] = {"regime": self.regime, "status": self.status}
        row |= dict(zip(_VERSIONS, self.attributes.ravel().tolist(), strict=True))
        for name in ("firms", "market_access", "log_price_index", "local_share", "damage"):
            row |= self._by_country(name)
        row |= self._by_country("welfare")
        return row | {"world_welfare": self.world_welfare, "certificate": self.certificate}

    def _by_country(self, name: str) -> dict[str, float]:
        values = getattr(self, name).tolist()
        return {f"{name}_{c}": v for c, v in zip(_COUNTRIES, values, strict=True)}

    def plot_data(self) -> pd.DataFrame:
        """Return one row a version: origin, market, attribute, and the market's taste."""
        import pandas as pd

        return pd.DataFrame(
            {
                "origin": np.repeat(_COUNTRIES, 2),
                "market": np.tile(_COUNTRIES, 2),
                "attribute": self.attributes.ravel(),
                "taste": np.tile(self.world.taste, 2),
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the four versions on the line of tastes, one row a market."""
        ax = axes_or_new(ax, size=(6.4, 2.6))
        data = self.plot_data()
        for row, market in enumerate(_COUNTRIES):
            sold = data[data["market"] == market]
            ax.plot(sold["taste"].iloc[0], row, "|", color="black", ms=26, mew=2, zorder=1)
            for origin, colour, shift in (("home", "C0", -0.14), ("foreign", "C1", 0.14)):
                place = sold.loc[sold["origin"] == origin, "attribute"]
                letter = f"$\\mathbf{{{origin[0].upper()}}}$"
                ax.plot(
                    place, [row + shift], color=colour, marker=letter, ms=10, clip_on=False
                )
        ax.set_yticks([0, 1], _COUNTRIES)
        ax.set_ylim(1.6, -0.6)
        ax.set_ylabel("sold in")
        ax.set_xlim(*self.world.attribute_bounds)
        ax.locator_params(axis="x", nbins=5)
        ax.set_xlabel("attribute (H, F: made by; bar: taste)")
        ax.set_title(self._heading())
        if np.isnan(self.world_welfare):
            ax.annotate(self.status, (0.5, 0.5), xycoords="axes fraction", ha="center")
        return ax

    def _heading(self) -> str:
        return f"Delocation: {self.regime.replace('_', ' ')}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "world welfare": f"{self.world_welfare:.6f}",
            "certificate": f"{self.certificate:.1e}",
            "world": changed(self.world),
        }

    def _notes(self) -> tuple[str, ...]:
        if self.status == "corner":
            (gone,) = (c for c, n in zip(_COUNTRIES, self.firms, strict=True) if n == 0)
            return (f"No {gone} firms are left.",)
        if self.status == "ok" and self.regime == "old_agreement":
            return ("The import standards stand at the ends of attribute_bounds.",)
        if self.status == "no_equilibrium_found":
            return ("No point was found from which nobody gains by moving alone.",)
        if self.status == "not_applicable":
            return (_not_applicable(self.world, self.regime),)
        return ()


def solve(world: World, regime: str, *, tolerance: float = 1e-8) -> Outcome:
    """Return what comes out when ``regime`` rules in ``world``.

    ========================== ===================================================
    regime                     who chooses what
    ========================== ===================================================
    laissez_faire              firms choose both versions
    efficient                  a planner chooses all four versions
    national_treatment         each government sets one standard for all that is
                               sold at home; Nash
    national_treatment_optimum that same pair, chosen jointly
    mutual_recognition         each government sets both versions of its own
                               industry; the exporter's standard suffices; Nash
    old_agreement              trade taxes bound at zero: each government sets the
                               version of its imports, in equilibrium at one of
                               ``attribute_bounds``; Nash
    autarky                    mutual bans
    ========================== ===================================================

    Parameters
    ----------
    world : World
        Parameters.
    regime : str
        One of :data:`REGIMES`.
    tolerance : float, default 1e-8
        Largest certificate under which an outcome counts.

    Returns
    -------
    Outcome
        With ``status`` ``ok``, ``corner``, ``no_equilibrium_found`` or
        ``not_applicable``: no equilibrium is a result, not an error.

    Raises
    ------
    InputError
        If the regime is unknown or the tolerance is not positive.
    ConvergenceError
        If the search for an optimum, which exists, misses it by more than the
        tolerance.

    Notes
    -----
    Source: Grossman, McCalman and Staiger (2021); equations are a reconstruction.
    Among several Nash points the one that best replies reach from the countries'
    tastes (from the firms' designs under mutual recognition) is returned.  Attributes
    are accurate to about 1e-9; at a kink, where an industry is about to leave, to about
    the square root of the tolerance.

    Examples
    --------
    >>> outcome = solve(World(), "national_treatment")
    >>> outcome.attributes.round(6)
    array([[ 0.345627, -0.345627],
           [ 0.345627, -0.345627]])
    """
    require_world(world)
    regime = require_choice("regime", regime, REGIMES)
    tolerance = require_number("tolerance", tolerance, above=0)
    if regime == "autarky":
        return _outcome(world, regime, **_autarky(world), certificate=0.0)
    if _not_applicable(world, regime):
        return _without_numbers(world, regime, "not_applicable")
    found = first_certified(
        CHOICES[regime](world),
        lambda attributes: certify(world, regime, attributes),
        tolerance,
    )
    if found.policy is not None:
        market = clear_markets(world, found.policy)
        return _outcome(
            world,
            regime,
            attributes=found.policy,
            **market,
            certificate=found.certificate,
        )
    if regime in ("efficient", "national_treatment_optimum"):
        raise missed(regime, world, found, tolerance)
    return _without_numbers(world, regime, "no_equilibrium_found")


def compare(world: World, regimes: Iterable[str] | None = None) -> pd.DataFrame:
    """Return one row for each regime, in the columns of :meth:`Outcome.record`.

    Parameters
    ----------
    world : World
        Parameters.
    regimes : iterable of str, optional
        By default all of :data:`REGIMES`.

    Returns
    -------
    DataFrame
        Indexed by regime.

    Raises
    ------
    InputError
        If a regime is unknown, or none is given.

    Examples
    --------
    >>> table = compare(World(), ["efficient", "national_treatment"])
    >>> table["world_welfare"].round(4).tolist()
    [-0.5575, -0.5734]
    """
    return comparison(lambda regime: solve(world, regime), regimes, REGIMES)


def _not_applicable(world: World, regime: str) -> str:
    """Return why the regime's question does not arise, or nothing."""
    if regime not in ("mutual_recognition", "old_agreement"):
        return ""
    if regime == "old_agreement" and any(world.externality):
        return "The old agreement is defined only without an externality."
    designs = laissez_faire(world)
    if designs is not None and (clear_markets(world, designs)["firms"] <= 0).any():
        return (
            "Under laissez-faire only one country has firms, so there is nobody "
            "for the two governments to play over."
        )
    return ""


def _autarky(world: World) -> dict[str, Any]:
    """Return the outcome of mutual bans: local taste, local firms, x^J = f0."""
    size, sigma = np.array(world.market_size), world.elasticity_of_substitution
    firms = size / ((sigma - 1) * world.fixed_cost)
    attributes = np.array([world.taste, world.taste])
    log_price = np.log(world.marginal_cost) - np.log(firms) / (sigma - 1)
    distance = np.array(world.taste) - np.array(world.harmless_attribute)
    damage = np.array(world.externality) * distance**2 / 2 / world.marginal_cost
    return {
        "attributes": attributes,
        "market_access": np.full(2, world.fixed_cost),
        "firms": firms,
        "log_price_index": log_price,
        "local_share": np.ones(2),
        "damage": damage,
        "welfare": -log_price - damage,
    }


def _outcome(
    world: World,
    regime: str,
    *,
    attributes: NDArray[np.float64],
    certificate: float,
    **market: NDArray[np.float64],
) -> Outcome:
    """Assemble an outcome; versions that nobody makes are NaN."""
    gone = market["firms"] <= 0
    if not regime.startswith("national_treatment"):
        attributes = np.where(gone[:, None], np.nan, attributes)
    return Outcome(
        attributes=frozen(attributes),
        **{name: frozen(values) for name, values in market.items()},
        world_welfare=float(market["welfare"] @ np.array(world.market_size)),
        status="corner" if gone.any() else "ok",
        certificate=certificate,
        regime=regime,
        world=world,
    )


def _without_numbers(world: World, regime: str, status: str) -> Outcome:
    nothing = {f.name: frozen([np.nan] * 2) for f in fields(Market)}
    return Outcome(
        attributes=frozen(np.full((2, 2), np.nan)),
        **nothing,
        world_welfare=float("nan"),
        status=status,
        certificate=float("nan"),
        regime=regime,
        world=world,
    )
