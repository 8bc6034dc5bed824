"""Equilibria with fulfilled expectations in the market of Katz and Shapiro (1985)."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, prod
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from unigauge.errors import DegenerateGameWarning, InputError, require_choice
from unigauge.models.adoption.compatibility_certificate import certify
from unigauge.models.adoption.compatibility_market import Market, require_market
from unigauge.models.outcomes import changed
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["REGIMES", "STATUSES", "Outcome", "equilibria", "solve"]

REGIMES = ("incompatible", "compatible")
"""Each firm its own network, or all firms one."""

STATUSES = ("ok", "corner", "no_equilibrium_found")
"""What ``Outcome.status`` can be.

``ok``: certified, every firm sells.  ``corner``: certified, some firm sells nothing.
``no_equilibrium_found``: none exists; network effects are so strong that every size of the
network calls for a larger one.
"""

Networks = tuple[tuple[int, ...], ...]

_STATES = ("full", "growing", "empty")
_TIE = 1e-12
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Outcome(Result):
    """An equilibrium with fulfilled expectations.

    Arrays have one entry for each firm; all numbers are NaN where there is no equilibrium.

    Attributes
    ----------
    output, price, profit : array, shape (n,)
        x, p and x p.
    network : array, shape (n,)
        y, users of the network a firm belongs to, installed bases among them.
    total_output : float
        z.
    consumer_surplus : float
        z^2/2, that of new buyers.
    base_surplus : float
        What the networks are worth to installed users.
    welfare : float
        Profits and both surpluses.
    status : str
        One of :data:`STATUSES`.
    certificate : float
        Largest gain of a firm from another output, as a share of A^2, and largest error of
        an expectation, as a share of A, whichever is larger; by a search over outputs.
    multiplicity : int
        How many equilibria are this one with firms of equal bases (and networks of equal
        firms) exchanged, itself included.
    networks : tuple of tuple of int
        Which firms, counted from 0, are compatible.
    market : Market
        The parameters.
    """

    output: NDArray[np.float64]
    price: NDArray[np.float64]
    profit: NDArray[np.float64]
    network: NDArray[np.float64]
    total_output: float
    consumer_surplus: float
    base_surplus: float
    welfare: float
    status: str
    certificate: float
    multiplicity: int
    networks: Networks
    market: Market

    @property
    def regime(self) -> str:
        """One of :data:`REGIMES`; the networks where only some firms are compatible."""
        if len(self.networks) in (1, self.market.firms):
            return REGIMES[len(self.networks) == 1 < self.market.firms]
        return str(self.networks)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a firm."""
        import pandas as pd

        names = ("output", "price", "profit", "network")
        index = pd.RangeIndex(1, self.market.firms + 1, name="firm")
        return pd.DataFrame({name: getattr(self, name) for name in names}, index=index)

    def record(self) -> dict[str, Any]:
        """Return the outcome as one flat row, with firm numbers as suffixes."""
        row: dict[str, Any] = {"regime": self.regime, "status": self.status}
        for name, values in self.to_frame().items():
            row |= {f"{name}_{k}": float(x) for k, x in enumerate(values, start=1)}
        names = ("total_output", "consumer_surplus", "base_surplus", "welfare")
        row |= {name: getattr(self, name) for name in names}
        return row | {"certificate": self.certificate}

    def plot_data(self) -> pd.DataFrame:
        """Return output and profit, one row a firm."""
        return self.to_frame()[["output", "profit"]].reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw each firm's output and profit."""
        ax = axes_or_new(ax, size=(5.4, 3.2))
        data = self.plot_data()
        ax.bar(data["firm"] - 0.2, data["output"], 0.38, color="C0", label="output")
        ax.bar(data["firm"] + 0.2, data["profit"], 0.38, color="C1", label="profit")
        ax.set_xticks(data["firm"])
        ax.set_xlabel("firm")
        ax.set_title(self._heading())
        ax.legend(frameon=False)
        return ax

    def _heading(self) -> str:
        whose = {1: "all firms compatible", self.market.firms: "no firms compatible"}
        return f"Network competition: {whose.get(len(self.networks), 'some compatible')}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "total output": f"{self.total_output:.6f}",
            "welfare": f"{self.welfare:.6f}",
            "certificate": f"{self.certificate:.1e}",
            "market": changed(self.market),
        }

    def _notes(self) -> tuple[str, ...]:
        return {
            "ok": (),
            "corner": ("Some firm sells nothing, as everybody expects.",),
            "no_equilibrium_found": ("Every network that may be expected is exceeded.",),
        }[self.status]


def solve(
    market: Market, regime: str | Sequence[Sequence[int]] = "incompatible"
) -> Outcome:
    """Return the equilibrium in which most firms sell.

    Parameters
    ----------
    market : Market
        Parameters.
    regime : {"incompatible", "compatible"} or sequence of sequences of int
        Or the networks themselves: which firms, counted from 0, are compatible.

    Returns
    -------
    Outcome
        The first of :func:`equilibria`, or one with status ``no_equilibrium_found``.

    Examples
    --------
    >>> market = Market(size=1, network_benefit=0.5, firms=2)
    >>> solve(market, "incompatible").output, solve(market, "compatible").output
    (array([0.4, 0.4]), array([0.5, 0.5]))
    """
    found = equilibria(market, regime)
    if found:
        return found[0]
    nothing = np.full(market.firms, np.nan)
    return _outcome(market, _networks(market, regime), nothing, 0)


def equilibria(
    market: Market, regime: str | Sequence[Sequence[int]] = "incompatible"
) -> tuple[Outcome, ...]:
    """Return all equilibria with fulfilled expectations.

    Those that differ only in which of several equal networks plays which part are listed
    once, with their ``multiplicity``.

    Parameters
    ----------
    market : Market
        Parameters.
    regime : {"incompatible", "compatible"} or sequence of sequences of int
        As in :func:`solve`.

    Returns
    -------
    tuple of Outcome
        Those with most firms selling first, then by total output, largest first.

    Warns
    -----
    DegenerateGameWarning
        If there is a continuum of equilibria, which happens where b times the number of
        firms of a network is one; the one with equal shares is listed.

    Notes
    -----
    Given total output z, a firm sells ``max(0, A + v(y) - z)``.  A network is empty, below
    saturation or at it; each makes output linear in z, so all combinations are tried, up to
    exchanging equal networks.

    Examples
    --------
    >>> strong = Market(size=1, network_benefit=1.2, firms=2)
    >>> [outcome.output.round(4).tolist() for outcome in equilibria(strong)]
    [[0.5556, 0.5556], [1.25, 0.0]]
    """
    networks = _networks(market, regime)
    kinds: dict[tuple[int, float], list[int]] = {}
    for position, members in enumerate(networks):
        kind = (len(members), float(market.base[list(members)].sum()))
        kinds.setdefault(kind, []).append(position)
    found: dict[tuple[float, ...], Outcome] = {}
    for splits in itertools.product(*(_splits(market, len(k)) for k in kinds.values())):
        parts, places = [], []
        for kind, alike, split in zip(kinds, kinds.values(), splits, strict=True):
            parts += [
                Part(n, *kind, state) for n, state in zip(split, _STATES, strict=True)
            ]
            places += np.split(alike, np.cumsum(split)[:-1])
        sold = _balance(market, [part for part in parts if part.number])
        if sold is None:
            continue
        output = np.zeros(market.firms)
        for amount, positions in zip(sold, filter(len, places), strict=True):
            for position in positions:
                output[list(networks[position])] = amount
        ways = prod(
            comb(sum(split), split[0]) * comb(sum(split[1:]), split[1]) for split in splits
        )
        key = tuple(np.round(output / market.size, 9))
        found.setdefault(key, _outcome(market, networks, output, ways))
    return tuple(
        sorted(
            found.values(),
            key=lambda o: (-int((o.output > 0).sum()), -o.total_output, *(-o.output)),
        )
    )


# ---------------------------------------------------------------------------
# The equilibria


def _networks(market: Market, regime: str | Sequence[Sequence[int]]) -> Networks:
    """Read which firms are compatible."""
    require_market(market)
    everyone = tuple(range(market.firms))
    if isinstance(regime, str):
        require_choice("regime", regime, REGIMES)
        return (everyone,) if regime == "compatible" else tuple((i,) for i in everyone)
    try:
        networks = tuple(tuple(map(index, members)) for members in regime)
    except TypeError:
        networks = ()
    named = tuple(sorted(itertools.chain.from_iterable(networks)))
    if named != everyone or () in networks:
        raise InputError(
            f"regime is {regime!r}; networks must name each firm from 0 to "
            f"{market.firms - 1} once, such as [[0, 1], [2]] for three."
        )
    return networks


def _splits(market: Market, number: int) -> list[tuple[int, int, int]]:
    """Return all ways to call so many networks full, growing, or empty."""
    most = 0 if market.saturation == np.inf else number
    return [
        (full, growing, number - full - growing)
        for full in range(most, -1, -1)
        for growing in range(number - full, -1, -1)
    ]


class Part(NamedTuple):
    """Equal networks that play one part: how many, firms in each, base of each, state."""

    number: int
    members: int
    base: float
    state: str

    def line(self, market: Market) -> tuple[float, float]:
        """Return level and slope of x = level - slope z, z being total output."""
        if self.state == "empty":
            return 0.0, 0.0
        if self.state == "full":
            return market.size + market.network_benefit * market.saturation, 1.0
        own = 1 - market.network_benefit * self.members
        return (market.size + market.network_benefit * self.base) / own, 1 / own

    def is_flat(self, market: Market) -> bool:
        """Whether a larger network pays for itself, so that any size will do at one z."""
        own = 1 - market.network_benefit * self.members
        return self.state == "growing" and abs(own) < _TIE

    def agrees(self, market: Market, sold: float, total: float) -> bool:
        """Whether the output of a firm fits the state."""
        room = market.saturation - self.base - self.members * sold
        if self.state == "empty":
            worth = float(market.network_value(self.base))
            return market.size + worth - total <= _TIE * market.size
        fits = room <= _TIE * market.size if self.state == "full" else room >= 0
        return fits and sold > _TIE * market.size


def _balance(market: Market, parts: list[Part]) -> list[float] | None:
    """Return what a firm in each part sells, if that makes an equilibrium."""
    flat = [part for part in parts if part.is_flat(market)]
    lines = {part: part.line(market) for part in parts if part not in flat}
    level, slope = (
        sum(part.number * part.members * line[k] for part, line in lines.items())
        for k in (0, 1)
    )
    if len(flat) > 1 or (not flat and abs(1 + slope) < _TIE):
        return None
    if flat:
        total = market.size + market.network_benefit * flat[0].base
        rest = (total - level + slope * total) / (flat[0].number * flat[0].members)
    else:
        total, rest = level / (1 + slope), 0.0
    sold = [
        rest if part in flat else lines[part][0] - lines[part][1] * total for part in parts
    ]
    if not all(p.agrees(market, x, total) for p, x in zip(parts, sold, strict=True)):
        return None
    if flat and flat[0].number > 1:
        warnings.warn(
            "there is a continuum of equilibria, since network_benefit times the number of "
            "firms in a network is 1; the one with equal shares is listed. Move "
            "network_benefit a little.",
            DegenerateGameWarning,
            stacklevel=4,
        )
    return sold


def _outcome(
    market: Market, networks: Networks, output: NDArray[np.float64], ways: int
) -> Outcome:
    """Work out what an equilibrium brings, and certify it."""
    network = np.empty(market.firms)
    for members in networks:
        network[list(members)] = (market.base + output)[list(members)].sum()
    total = float(output.sum())
    worth = market.network_value(network)
    price = np.maximum(0.0, market.size + worth - total)
    profit = price * output
    base_surplus = float(market.base @ worth)
    if ways:
        certificate = certify(market, networks, output, network)
        passed = certificate <= _TOLERANCE
        status = "ok" if (output > 0).all() else "corner"
    else:
        certificate, passed, status = np.nan, False, ""
    return Outcome(
        output=frozen(output),
        price=frozen(price),
        profit=frozen(profit),
        network=frozen(network),
        total_output=total,
        consumer_surplus=total**2 / 2,
        base_surplus=base_surplus,
        welfare=total**2 / 2 + base_surplus + float(profit.sum()),
        status=status if passed else "no_equilibrium_found",
        certificate=certificate,
        multiplicity=ways,
        networks=networks,
        market=market,
    )
