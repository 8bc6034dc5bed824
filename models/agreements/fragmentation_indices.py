"""How far a network falls apart: indices of fragmentation, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer, require_number, require_numbers
from unigauge.models.agreements.bar_answers import BarAnswer
from unigauge.models.agreements.entries import entries
from unigauge.models.agreements.link_graphs import reachable, require_links
from unigauge.models.answers import verdict

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Fragmentation",
    "PartnerCounts",
    "fork_loss",
    "fragmentation",
    "global_standard_share",
    "partner_counts",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Fragmentation(BarAnswer):
    """Indices of fragmentation of one network.

    Attributes
    ----------
    components : int
        Groups of countries that are connected, directly or not.
    effective_standards : float
        ENS = 1/sum of squared shares of the groups in all consumers.
    modularity : float
        Newman's, of the groups: links within above what degrees would give; NaN without
        any link.
    nestedness : float
        Share of pairs of countries of which one's partners, the pair aside, are among the
        other's: 1 for a star, 1/3 for a ring of four.
    polarisation : float
        Sum of s_c^(1 + a) s_d |X_c - X_d| over groups, with X the mean position.
    density : float
        Links as a share of pairs.
    retained_value : float
        1/ENS: what is left of a network value that is proportional to the squared number
        of users.
    groups : array of int, shape (n,)
        The group of each country.
    status : str
        ``ok``, or ``uncertified`` if the certificate is above 0.
    certificate : float
        0 if no link leads from one component to another, as it must be; NaN if the groups
        were given.
    """

    components: int
    effective_standards: float
    modularity: float
    nestedness: float
    polarisation: float
    density: float
    retained_value: float
    groups: NDArray[np.int64]
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return countries by size of their group."""
        import pandas as pd

        sizes = np.sort(np.bincount(self.groups))[::-1]
        return pd.DataFrame({"group": range(1, len(sizes) + 1), "countries": sizes})

    def _heading(self) -> str:
        return f"Fragmentation of a network of {len(self.groups)} countries"


def fragmentation(
    links: Any,
    *,
    n: int | None = None,
    size: ArrayLike | None = None,
    position: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    exponent: float = 1.0,
) -> Fragmentation:
    """Return indices of how far a network of recognition falls apart.

    Parameters
    ----------
    links : int, sequence of pairs, or array of shape (n, n)
        The graph.
    n : int, optional
        Countries; needed unless ``size`` or a matrix says how many.
    size : array-like, shape (n,), optional
        Consumers, above 0; alike by default.
    position : array-like, shape (n,), optional
        Where a country stands, for the polarisation; all at 0 by default.
    groups : array-like of int, shape (n,), optional
        Groups to use instead of the connected components.
    exponent : float, default 1
        a of the polarisation, not negative.

    Raises
    ------
    InputError
        If the number of countries is not known or lengths do not agree.

    Notes
    -----
    Modularity: Newman (2006), *Modularity and community structure in networks*, PNAS 103.
    Polarisation: Esteban and Ray (1994), *On the measurement of polarization*,
    Econometrica 62.

    Examples
    --------
    Two triangles, one of them with a country twice as large:

    >>> blocs = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    >>> apart = fragmentation(
    ...     blocs, size=[2, 1, 1, 1, 1, 1], position=[0, 0, 0, 1, 1, 1]
    ... )
    >>> apart.components, round(apart.effective_standards, 6), round(apart.modularity, 6)
    (2, 1.96, 0.5)
    """
    countries = _countries(links, n, size)
    linked = require_links(links, countries)
    linked = linked | linked.T
    people = np.array(
        [1.0] * countries
        if size is None
        else require_numbers("size", size, length=countries, above=0)
    )
    place = np.array(
        [0.0] * countries
        if position is None
        else require_numbers("position", position, length=countries)
    )
    exponent = require_number("exponent", exponent, at_least=0)
    label = _groups(linked, groups)
    member = (label[:, None] == np.unique(label)).T
    share = member @ people / people.sum()
    mean = member @ (people * place) / (member @ people)
    apart = np.abs(mean[:, None] - mean)
    ens = float(1 / (share**2).sum())
    label.setflags(write=False)
    crossing = linked & (label[:, None] != label)
    return Fragmentation(
        components=len(share),
        effective_standards=ens,
        modularity=_modularity(linked, label),
        nestedness=_nestedness(linked),
        polarisation=float(share ** (1 + exponent) @ apart @ share),
        density=float(linked.sum() / (countries * (countries - 1))),
        retained_value=1 / ens,
        groups=label,
        status=verdict(float(crossing.any())) if groups is None else "ok",
        certificate=float(crossing.any()) if groups is None else float("nan"),
    )


def _countries(links: Any, n: int | None, size: ArrayLike | None) -> int:
    if n is not None:
        return require_integer("n", n, at_least=2)
    if size is not None:
        return len(np.atleast_1d(np.asarray(size)))
    if isinstance(links, np.ndarray) and links.ndim == 2:
        return len(links)
    raise InputError(
        "how many countries there are is not known; say n=..., or give their size."
    )


def _groups(linked: NDArray[np.bool_], given: ArrayLike | None) -> NDArray[np.int64]:
    """Return the group of each country, numbered in order of appearance."""
    if given is None:
        label = reachable(linked).argmax(axis=1)
    else:
        label = np.asarray(given)
        if label.shape != (len(linked),):
            raise InputError(
                f"groups has the shape {label.shape}; it must have one label for each of "
                f"{len(linked)} countries."
            )
    order = {value: k for k, value in enumerate(dict.fromkeys(label.tolist()))}
    return np.array([order[value] for value in label.tolist()], dtype=np.int64)


def _modularity(linked: NDArray[np.bool_], label: NDArray[np.int64]) -> float:
    ends = linked.sum()
    if not ends:
        return float("nan")
    degree = linked.sum(axis=1)
    same = label[:, None] == label
    excess = linked - np.outer(degree, degree) / ends
    return float((excess * same).sum() / ends)


def _nestedness(linked: NDArray[np.bool_]) -> float:
    n = len(linked)
    comparable = 0
    for i in range(n):
        for j in range(i + 1, n):
            others = np.delete(np.arange(n), [i, j])
            one, other = linked[i, others], linked[j, others]
            comparable += bool((one <= other).all() or (other <= one).all())
    return comparable / (n * (n - 1) / 2)


def fork_loss(users: ArrayLike, *, value: float = 1.0) -> float:
    """Return what a network loses by falling into parts, if its worth is value x users^2.

    Parameters
    ----------
    users : array-like
        Users of each part, not negative; two parts lose 2 N1 N2 value.
    value : float, default 1
        What one user is worth to another.

    Raises
    ------
    InputError
        If a number is negative or not finite.

    Examples
    --------
    >>> fork_loss([3, 2])
    12.0
    """
    parts = entries("users", users, at_least=0)
    whole = sum(parts)
    return require_number("value", value) * (whole**2 - sum(part**2 for part in parts))


def global_standard_share(premium: float, conversion_cost: float) -> float:
    """Return the export share above which a firm makes to the global standard.

    The own standard earns a premium on home sales and costs conversion on exports, so the
    global one pays iff e psi > (1 - e) premium.

    Raises
    ------
    InputError
        If a number is negative, or both are 0, when the firm is indifferent.

    Examples
    --------
    >>> global_standard_share(0.1, 0.3)
    0.25
    """
    gain = require_number("premium", premium, at_least=0)
    cost = require_number("conversion_cost", conversion_cost, at_least=0)
    if gain + cost == 0:
        raise InputError(
            "premium and conversion_cost are both 0, so the standard makes no difference."
        )
    return gain / (gain + cost)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PartnerCounts(BarAnswer):
    """Agreements a partner, if they fell on partners at random.

    Attributes
    ----------
    mean : float
        Agreements a partner.
    rate : float
        lambda of the Poisson distribution, of which partners without an agreement are not
        seen.
    with_one, with_two, with_more : float
        Expected partners with one, two, and three or more agreements.
    partners : int
        Partners.
    status : str
        ``ok``; ``corner`` if every partner has just one, so that the rate is 0;
        ``uncertified`` if the certificate is above 1e-8 of the mean.
    certificate : float
        Distance of lambda/(1 - exp(-lambda)) from the mean.
    """

    mean: float
    rate: float
    with_one: float
    with_two: float
    with_more: float
    partners: int
    status: str
    certificate: float

    def plot_data(self) -> pd.DataFrame:
        """Return expected partners by number of agreements."""
        import pandas as pd

        number = np.arange(1, 8)
        return pd.DataFrame(
            {"agreements": number, "partners": self.partners * self.chance(number)}
        )

    def chance(self, agreements: ArrayLike) -> Array:
        """Return how probable a number of agreements is for a partner that has one."""
        from scipy.special import gammaln

        number = np.asarray(agreements, dtype=float)
        if self.rate == 0:
            return np.asarray(number == 1, dtype=float)
        log = number * np.log(self.rate) - gammaln(number + 1)
        return np.asarray(np.exp(log) / np.expm1(self.rate), dtype=float)

    def _heading(self) -> str:
        return f"Agreements of {self.partners} partners, {self.mean:.2f} each"


def partner_counts(agreements: int, partners: int) -> PartnerCounts:
    """Return how agreements would spread over partners at random.

    A Poisson distribution without the zero has the mean lambda/(1 - exp(-lambda)).

    Parameters
    ----------
    agreements, partners : int
        At least one agreement a partner.

    Raises
    ------
    InputError
        If there are more partners than agreements.

    Examples
    --------
    >>> spread = partner_counts(108, 65)
    >>> round(spread.rate, 4), round(spread.with_one, 1), round(spread.with_more, 1)
    (1.1187, 35.3, 10.0)
    """
    partners = require_integer("partners", partners, at_least=1)
    agreements = require_integer(
        "agreements", agreements, at_least=partners, because="every partner has one"
    )
    mean = agreements / partners
    rate = 0.0
    if agreements > partners:
        from scipy.optimize import brentq

        rate = float(
            brentq(lambda x: x / -np.expm1(-x) - mean, 1e-12, mean, xtol=1e-15, rtol=1e-14)
        )
    one = partners * (rate / np.expm1(rate) if rate else 1.0)
    two = one * rate / 2
    certificate = abs(rate / (1 - float(np.exp(-rate))) - mean) if rate else 0.0
    return PartnerCounts(
        mean=mean,
        rate=rate,
        with_one=float(one),
        with_two=float(two),
        with_more=float(partners - one - two),
        partners=partners,
        status=verdict(certificate / mean) if rate else "corner",
        certificate=certificate,
    )
