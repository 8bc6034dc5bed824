"""Games in which a player's payoff hangs on how all are partitioned into blocs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from unigauge.errors import InputError, require_choice, require_integer
from unigauge.models.answers import Answer, verdict
from unigauge.results import axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = [
    "CONJECTURES",
    "Partition",
    "PartitionCore",
    "PartitionGame",
    "label",
    "partition_core",
    "partitions",
    "require_partition",
]

Partition = tuple[tuple[int, ...], ...]
"""Blocs in the order of their first members, each rising: ``((0, 2), (1,))``."""
CONJECTURES = ("delta", "gamma")
"""What those do whom deviators leave: stay together, or break into singletons."""
_STRICT = 1e-9
_MOST = 6


class PartitionGame(Protocol):
    """Anything with players and payoffs by partition."""

    @property
    def n(self) -> int:
        """Number of players."""
        ...

    def payoffs(self, partition: Any) -> Array:
        """Return every player's payoff, shape (n,)."""
        ...


def partitions(n: int) -> list[Partition]:
    """Return all partitions of ``n`` players: singletons last, all in one bloc first.

    Examples
    --------
    >>> [label(partition) for partition in partitions(3)]
    ['012', '01|2', '02|1', '0|12', '0|1|2']
    """
    n = require_integer("n", n, at_least=1)
    return [tuple(tuple(bloc) for bloc in blocs) for blocs in _partitions(list(range(n)))]


def _partitions(players: list[int]) -> Iterator[list[list[int]]]:
    if len(players) == 1:
        yield [players]
        return
    *rest, last = players
    for smaller in _partitions(rest):
        for k, bloc in enumerate(smaller):
            yield [*smaller[:k], [*bloc, last], *smaller[k + 1 :]]
        yield [*smaller, [last]]


def label(partition: Partition) -> str:
    """Return a partition as text, blocs parted by bars."""
    return "|".join("".join(map(str, bloc)) for bloc in partition)


def require_partition(partition: Any, n: int) -> Partition:
    """Return the partition in order, or say what is wrong with it.

    Examples
    --------
    >>> require_partition([[2, 0], [1]], 3)
    ((0, 2), (1,))
    """
    try:
        blocs = [sorted(int(player) for player in bloc) for bloc in partition]
    except (TypeError, ValueError):
        blocs = []
    if sorted(player for bloc in blocs for player in bloc) != list(range(n)) or not all(
        blocs
    ):
        raise InputError(
            f"partition is {partition!r}; it must put each of the players 0 to {n - 1} into "
            "exactly one bloc, such as [[0, 1], [2]]."
        )
    return tuple(tuple(bloc) for bloc in sorted(blocs))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PartitionCore(Answer):
    """Which partitions no coalition wants to leave.

    Attributes
    ----------
    stable : tuple of partitions
        The core.
    efficient : tuple of partitions
        Those of highest total payoff (to 1e-9).
    efficient_blocs : int
        The fewest blocs among the efficient.
    everything : tuple of partitions
        All partitions.
    values : array, shape (partitions, n)
        Payoffs in each.
    gains : array, shape (partitions,)
        What the member that gains least gains in the most tempting deviation.
    blockers : tuple of tuples
        The coalition that would deviate so; empty where nobody gains.
    conjecture : str
        What those do whom deviators leave.
    status : str
        ``ok`` if one partition is stable, ``multiple`` if several are, ``empty_core``;
        ``uncertified`` if there is a core and the certificate is above 1e-8;
        ``not_applicable`` if payoffs of some partition are not known (NaN), which then is
        neither stable nor a threat to others.
    certificate : float
        Largest gain that a coalition has in a stable partition, worked out again; with an
        empty core, the least that some coalition gains in any partition.
    """

    stable: tuple[Partition, ...]
    efficient: tuple[Partition, ...]
    efficient_blocs: int
    everything: tuple[Partition, ...]
    values: Array
    gains: Array
    blockers: tuple[tuple[int, ...], ...]
    conjecture: str
    status: str
    certificate: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row a partition."""
        import pandas as pd

        return pd.DataFrame(
            {
                "stable": [partition in self.stable for partition in self.everything],
                "efficient": [p in self.efficient for p in self.everything],
                "total": self.values.sum(axis=1),
                "gain_of_leaving": self.gains,
                "blocked_by": [
                    "".join(map(str, coalition)) or "-" for coalition in self.blockers
                ],
                **{f"payoff_{i}": column for i, column in enumerate(self.values.T)},
            },
            index=pd.Index([label(p) for p in self.everything], name="partition"),
        )

    def record(self) -> dict[str, Any]:
        """Return the core as one row."""
        return {
            "stable": " ".join(label(partition) for partition in self.stable),
            "efficient": " ".join(label(partition) for partition in self.efficient),
            "efficient_blocs": self.efficient_blocs,
            "conjecture": self.conjecture,
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return what leaving gains and the total payoff, by partition."""
        frame = self.to_frame().reset_index()
        return frame[["partition", "gain_of_leaving", "total", "stable", "efficient"]]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what leaving gains in each partition; stable ones gain nothing."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        colours = ["C2" if stable else "C3" for stable in data["stable"]]
        ax.bar(data["partition"], data["gain_of_leaving"], color=colours)
        ax.axhline(0, color="0.4", lw=0.8)
        ax.tick_params(axis="x", rotation=90 if len(data) > 15 else 0)
        ax.set_xlabel("partition")
        ax.set_ylabel("gain of the keenest coalition")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        found = ", ".join(label(partition) for partition in self.stable) or "empty"
        return f"Core of {self.values.shape[1]} players ({self.conjecture}): {found}"


def partition_core(
    value: PartitionGame | Mapping[Any, ArrayLike] | Callable[[Partition], ArrayLike],
    conjecture: str = "delta",
    *,
    n: int | None = None,
) -> PartitionCore:
    """Return the partitions that no coalition wants to leave.

    A coalition S leaves if each member is strictly better off once S has formed one bloc.
    Under ``delta`` those whom it leaves stay together; under ``gamma`` every bloc that loses
    a member breaks into singletons.  Other blocs stay as they are.

    Parameters
    ----------
    value : game, mapping or callable
        Something with ``n`` and ``payoffs(partition)``; payoffs by partition; or a function
        that returns them.
    conjecture : {"delta", "gamma"}
        What those do whom deviators leave.
    n : int, optional
        Players, at most 6; needed if ``value`` is a function.

    Raises
    ------
    InputError
        If a partition is missing, payoffs are no numbers, or there are too many players.

    Notes
    -----
    Hart and Kurz (1983), *Endogenous formation of coalitions*, Econometrica 51.  Payoffs are
    not transferable; gains up to 1e-9 count as none.

    Examples
    --------
    Two gain from a bloc that a third spoils:

    >>> worth = {"012": [1, 1, 1], "01|2": [2, 2, 0], "02|1": [1, 0, 0],
    ...          "0|12": [0, 1, 1], "0|1|2": [0, 0, 0]}
    >>> core = partition_core(lambda partition: worth[label(partition)], n=3)
    >>> core.stable, core.status
    ((((0, 1), (2,)),), 'ok')
    """
    conjecture = require_choice("conjecture", conjecture, CONJECTURES)
    players, pays = _game(value, n)
    everything = partitions(players)
    table = np.array([_payoffs(pays, partition, players) for partition in everything])
    place = {partition: k for k, partition in enumerate(everything)}
    found = [
        _keenest(table, place, partition, conjecture, players) for partition in everything
    ]
    gains = np.array([gain for gain, _ in found])
    core = tuple(p for p, gain in zip(everything, gains, strict=True) if gain <= _STRICT)
    total = table.sum(axis=1)
    known = ~np.isnan(total)
    most = total[known].max(initial=-np.inf)
    best = tuple(
        p for p, worth in zip(everything, total, strict=True) if worth >= most - _STRICT
    )
    status = "empty_core" if not core else "ok" if len(core) == 1 else "multiple"
    left = [_gain_again(pays, p, conjecture, players) for p in core or everything]
    certificate = float(np.fmax.reduce(left) if core else np.fmin.reduce(left))
    if core and verdict(certificate) != "ok":
        status = "uncertified"
    return PartitionCore(
        stable=core,
        efficient=best,
        efficient_blocs=min(map(len, best), default=0),
        everything=tuple(everything),
        values=frozen(table),
        gains=frozen(gains),
        blockers=tuple(who if gain > _STRICT else () for gain, who in found),
        conjecture=conjecture,
        status=status if known.all() else "not_applicable",
        certificate=certificate,
    )


def _game(value: Any, n: int | None) -> tuple[int, Callable[[Partition], ArrayLike]]:
    """Return the number of players and the function that pays them."""
    if isinstance(value, Mapping):
        if not value:
            raise InputError("value is empty; it must give payoffs for every partition.")
        players = n or sum(len(tuple(bloc)) for bloc in next(iter(value)))
        worth = {require_partition(key, players): pay for key, pay in value.items()}
        lacking = [label(p) for p in partitions(players) if p not in worth]
        if lacking:
            raise InputError(
                f"value has no payoffs for the partition {lacking[0]} (of {len(lacking)} that "
                "are missing); every partition must be there."
            )
        pays: Callable[[Partition], ArrayLike] = worth.__getitem__
    elif hasattr(value, "payoffs") and hasattr(value, "n"):
        players, pays = value.n, value.payoffs
    elif callable(value):
        if n is None:
            raise InputError("value is a function; say how many players there are: n=3.")
        players, pays = n, value
    else:
        raise InputError(
            f"value is {value!r}; it must be a game with n and payoffs(partition), a mapping "
            "from partitions to payoffs, or a function of a partition."
        )
    players = require_integer("n", players, at_least=2)
    if players > _MOST:
        raise InputError(
            f"there are {players} players; all partitions are tried for at most {_MOST}."
        )
    return players, pays


def _payoffs(
    pays: Callable[[Partition], ArrayLike], partition: Partition, players: int
) -> Array:
    try:
        given = np.asarray(pays(partition), dtype=float)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        given = np.empty(0)
    if given.shape != (players,) or np.isinf(given).any():
        raise InputError(
            f"the payoffs of the partition {label(partition)} are {given!r}; they must be "
            f"{players} finite numbers, or NaN where they are not known."
        )
    return given


def _keenest(
    table: Array,
    place: dict[Partition, int],
    partition: Partition,
    conjecture: str,
    players: int,
) -> tuple[float, tuple[int, ...]]:
    """Return the largest gain of a coalition's worst-off member, and the coalition."""
    here = table[place[partition]]
    if np.isnan(here).any():
        return np.nan, ()
    best: tuple[float, tuple[int, ...]] = (-np.inf, ())
    for size in range(1, players + 1):
        for coalition in combinations(range(players), size):
            after = table[place[_after(partition, coalition, conjecture)]]
            gain = float((after - here)[list(coalition)].min())  # NaN is no temptation
            if gain > best[0] + 1e-15:
                best = (gain, coalition)
    return best


def _after(partition: Partition, coalition: tuple[int, ...], conjecture: str) -> Partition:
    """Return the partition once a coalition has formed a bloc."""
    blocs = [coalition]
    for bloc in partition:
        left = tuple(player for player in bloc if player not in coalition)
        if conjecture == "gamma" and len(left) < len(bloc):
            blocs += [(player,) for player in left]
        elif left:
            blocs.append(left)
    return tuple(sorted(blocs))


def _gain_again(
    pays: Callable[[Partition], ArrayLike],
    partition: Partition,
    conjecture: str,
    players: int,
) -> float:
    """Return a partition's largest gain with labels of blocs, payoffs asked for anew."""
    home = {player: k for k, bloc in enumerate(partition) for player in bloc}
    here = np.asarray(pays(partition), dtype=float)
    best = -np.inf
    for mask in range(1, 1 << players):
        inside = [mask >> player & 1 == 1 for player in range(players)]
        hurt = {home[player] for player in range(players) if inside[player]}
        blocs: dict[Any, list[int]] = {}
        for player in range(players):
            name: Any = "new" if inside[player] else home[player]
            if conjecture == "gamma" and not inside[player] and home[player] in hurt:
                name = ("alone", player)
            blocs.setdefault(name, []).append(player)
        after = np.asarray(pays(require_partition(blocs.values(), players)), dtype=float)
        best = np.fmax(best, float((after - here)[inside].min()))
    return float(best)
