"""Users choose one of several incompatible standards; only the numbers matter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import comb, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_integer
from unigauge.models.answers import verdict, worst
from unigauge.models.arrays import as_given, require_array
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["StandardsEquilibria", "StandardsGame", "standards_equilibria"]


@dataclass(frozen=True, slots=True, eq=False, init=False)
class StandardsGame:
    """Choosing standard s with k others pays ``benefit[s, k] + taste[type, s]``.

    Parameters
    ----------
    benefit : array-like, shape (S, N)
        Network benefit of each standard by the number of *others* on it, 0 to N - 1.  An
        outside option is a standard whose benefit does not rise.
    taste : array-like, shape (T, S)
        What each type gains from a standard of itself, net of its price.
    count : array-like of int, shape (T,)
        How many users are of each type; N in all.

    Raises
    ------
    InputError
        If shapes do not agree, an entry is not finite, or a count is negative.

    Examples
    --------
    >>> game = StandardsGame([[0, 1, 2], [0, 1, 2]], [[0.5, 0], [0, 0.5]], [2, 1])
    >>> game.users, game.types, game.standards
    (3, 2, 2)
    """

    benefit: NDArray[np.float64]
    taste: NDArray[np.float64]
    count: NDArray[np.int64]

    def __init__(self, benefit: ArrayLike, taste: ArrayLike, count: ArrayLike) -> None:
        gains, tastes = (
            np.atleast_1d(require_array(name, values, "a matrix"))
            for name, values in (("benefit", benefit), ("taste", taste))
        )
        counts = np.atleast_1d(as_given(count))
        if not np.issubdtype(counts.dtype, np.integer) or (counts < 0).any():
            raise InputError(
                f"count is {count!r}; it must be whole numbers of users, none negative."
            )
        users = int(counts.sum())
        standards = len(gains)
        if (
            gains.shape != (standards, users)
            or standards < 2
            or tastes.shape != (len(counts), standards)
        ):
            raise InputError(
                f"benefit has the shape {gains.shape}, taste {tastes.shape}, and count "
                f"names {users} users of {len(counts)} types; benefit must be (standards, "
                "users), with two standards or more, and taste (types, standards)."
            )
        object.__setattr__(self, "benefit", frozen(gains))
        object.__setattr__(self, "taste", frozen(tastes))
        locked = counts.astype(np.int64)
        locked.setflags(write=False)
        object.__setattr__(self, "count", locked)

    @property
    def users(self) -> int:
        """Number of users N."""
        return int(self.count.sum())

    @property
    def types(self) -> int:
        """Number of types T."""
        return len(self.count)

    @property
    def standards(self) -> int:
        """Number of standards S."""
        return len(self.benefit)

    @property
    def scale(self) -> float:
        """Largest benefit or taste; gains below 1e-12 of it are ties."""
        return max(float(np.abs(self.benefit).max()), float(np.abs(self.taste).max()))

    def regret(self, state: ArrayLike) -> float:
        """Return the largest gain of any user from changing the standard alone.

        Parameters
        ----------
        state : array-like of int, shape (T, S)
            Users of each type on each standard; rows sum to ``count``.
        """
        numbers = as_given(state)
        whole = np.issubdtype(numbers.dtype, np.integer)
        fits = whole and numbers.shape == self.taste.shape and bool((numbers >= 0).all())
        if not fits or (numbers.sum(axis=1) != self.count).any():
            raise InputError(
                f"state is {state!r}; it must be users by type and standard, (types, "
                "standards), rows summing to count."
            )
        size = numbers.sum(axis=0)
        gains = [0.0]
        for kind, here in zip(*np.nonzero(numbers), strict=True):
            now = self.benefit[here, size[here] - 1] + self.taste[kind, here]
            for there in range(self.standards):
                if there != here:
                    then = self.benefit[there, size[there]] + self.taste[kind, there]
                    gains.append(float(then - now))
        return worst(*gains)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class StandardsEquilibria(Result):
    """All pure equilibria of a :class:`StandardsGame`, as numbers by type and standard.

    Attributes
    ----------
    states : array of int, shape (k, T, S)
        Users of each type on each standard.
    sizes : array of int, shape (k, S)
        Users of each standard.
    welfare : array, shape (k,)
        Sum of all payoffs.
    tipped : array of bool, shape (k,)
        Whether one standard has all users.
    status : str
        ``ok`` if certified, else ``uncertified``; or ``no_equilibrium_found``.
    certificate : float
        Largest gain left to any user in any state listed.
    complete : bool
        True: every state was looked at.
    game : StandardsGame
        The game.
    """

    states: NDArray[np.int64]
    sizes: NDArray[np.int64]
    welfare: NDArray[np.float64]
    tipped: NDArray[np.bool_]
    status: str
    certificate: float
    complete: bool
    game: StandardsGame

    def __len__(self) -> int:
        return len(self.states)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an equilibrium: users of each standard, welfare, whether tipped."""
        import pandas as pd

        columns: dict[str, Any] = {
            f"standard_{s + 1}": self.sizes[:, s] for s in range(self.game.standards)
        }
        columns |= {"welfare": self.welfare, "tipped": self.tipped}
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, len(self) + 1, name="equilibrium")
        )

    def record(self) -> dict[str, Any]:
        """Return how many equilibria there are, and how many tip, as one row."""
        return {
            "equilibria": len(self),
            "tipped": int(self.tipped.sum()),
            "best_welfare": float(self.welfare.max()) if len(self) else float("nan"),
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return one row for each equilibrium and standard: its users."""
        sizes = self.to_frame().filter(like="standard_")
        return sizes.melt(
            ignore_index=False, var_name="standard", value_name="users"
        ).reset_index()

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the users of each standard, one bar an equilibrium."""
        ax = axes_or_new(ax)
        place, below = np.arange(1, len(self) + 1), np.zeros(len(self))
        for s in range(self.game.standards):
            ax.barh(place, self.sizes[:, s], left=below, label=f"standard {s + 1}")
            below += self.sizes[:, s]
        ax.invert_yaxis()
        ax.set_yticks(place[:: max(1, len(place) // 15)])
        ax.set_ylabel("equilibrium")
        ax.set_xlabel("users")
        ax.legend(
            frameon=False,
            ncols=self.game.standards,
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
        )
        return ax

    def _heading(self) -> str:
        game = self.game
        return (
            f"{game.users} users of {game.types} types, {game.standards} standards; "
            f"equilibria: {len(self)}"
        )

    def _facts(self) -> dict[str, str]:
        return {"status": self.status, "certificate": f"{self.certificate:.1e}"}


def standards_equilibria(
    game: StandardsGame, *, limit: int = 5_000_000
) -> StandardsEquilibria:
    """Return all pure equilibria of users who choose among several standards.

    Parameters
    ----------
    game : StandardsGame
        The game.
    limit : int, default 5,000,000
        Most states that may be looked at.

    Raises
    ------
    InputError
        If there are more states than the limit: use fewer types or users.

    Notes
    -----
    After Katz and Shapiro (1985, 1986): a reconstruction with users of several types and
    any network benefit.  All anonymous states are checked; differences below 1e-12 of the
    largest payoff are ties.

    Examples
    --------
    Two standards, and two types who each like another: both tip, or they split.

    >>> game = StandardsGame([[0, 1, 2, 3]] * 2, [[1.5, 0], [0, 1.5]], [2, 2])
    >>> standards_equilibria(game).sizes.tolist()
    [[4, 0], [2, 2], [0, 4]]
    """
    if not isinstance(game, StandardsGame):
        raise InputError(f"game is {game!r}; it must be a StandardsGame(...).")
    limit = require_integer("limit", limit, at_least=1)
    S = game.standards
    states = prod(comb(int(n) + S - 1, S - 1) for n in game.count)
    if states > limit:
        raise InputError(
            f"the game has {states:,} states, above the limit of {limit:,}; use fewer "
            "types, users or standards, or raise the limit."
        )
    *others, last = [_compositions(int(n), S) for n in game.count]
    rests = [
        np.concatenate([np.tile(fixed, (len(last), 1, 1)), last[:, None]], axis=1)[calm]
        for chosen in product(*others)
        for fixed in [np.reshape(chosen, (len(others), S)).astype(np.int64)]
        for calm in [_at_rest(game, fixed, last)]
        if calm.any()
    ]
    found = np.concatenate(rests) if rests else np.empty((0, game.types, S), dtype=np.int64)
    found = found[::-1].copy()
    sizes = found.sum(axis=1)
    each = np.where(sizes > 0, game.benefit[np.arange(S), sizes - 1], 0.0)
    found.setflags(write=False)
    tipped = (sizes == game.users).any(axis=1)
    certificate = max((game.regret(state) for state in found), default=float("nan"))
    return StandardsEquilibria(
        states=found,
        sizes=sizes,
        welfare=frozen((sizes * each).sum(axis=1) + (found * game.taste).sum(axis=(1, 2))),
        tipped=tipped,
        status=verdict(certificate, 1e-9 * game.scale)
        if len(found)
        else "no_equilibrium_found",
        certificate=certificate,
        complete=True,
        game=game,
    )


def _compositions(total: int, parts: int) -> NDArray[np.int64]:
    """Return all ways to split ``total`` into ``parts`` ordered whole numbers."""
    bars = np.array(list(combinations(range(total + parts - 1), parts - 1)), dtype=np.int64)
    ends = np.full((len(bars), 1), total + parts - 1)
    return np.diff(np.hstack([np.full_like(ends, -1), bars, ends]), axis=1) - 1


def _at_rest(
    game: StandardsGame, fixed: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return in which states nobody gains: ``fixed`` types, and each row for the last."""
    each = np.arange(game.standards)
    sizes = last + fixed.sum(axis=0)
    stay = game.benefit[each, np.maximum(sizes - 1, 0)]
    move = game.benefit[each, np.minimum(sizes, game.users - 1)]
    slack = 1e-12 * game.scale
    calm = np.ones(len(last), dtype=bool)
    for kind, taste in enumerate(game.taste):
        there = last if kind == game.types - 1 else fixed[kind][None]
        for here in each:
            best = np.delete(move + taste, here, axis=1).max(axis=1)
            content = stay[:, here] + taste[here] >= best - slack
            calm &= (there[:, here] == 0) | content
    return calm
