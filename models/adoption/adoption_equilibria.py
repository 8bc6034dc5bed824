"""Equilibria, best-reply paths and tipping points of the anonymous adoption game."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.adoption.adoption_game import AdoptionGame, require_adoption_game
from unigauge.models.answers import Answer, verdict
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["AdoptionEquilibria", "Path", "Tipping", "equilibria", "path", "tipping"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AdoptionEquilibria(Result):
    """All pure equilibria of an adoption game, by rising number of adopters.

    Attributes
    ----------
    adopters : array of int, shape (k,)
        Numbers of adopters that are equilibria; ``who`` says who they are (the cheapest),
        ``game.profiles(m)`` how many equilibria have that number.
    strict : array of bool, shape (k,)
        Whether nobody is indifferent.
    welfare : array, shape (k,)
        Sum of all payoffs.
    potential : array, shape (k,)
        The exact potential.
    rank : array of int, shape (k,)
        1 for the largest welfare; ties share the better rank.
    smallest, largest : int
        Fewest and most adopters in an equilibrium.
    potential_maximiser : int
        The equilibrium that logit revision with few mistakes stays at; the largest if tied.
    critical_mass : int
        Fewest adopters from whom on adoption goes on to the largest stable number; see
        :func:`tipping`.
    efficient : int
        Number of adopters (any, not only equilibria) with the largest welfare.
    status : str
        ``ok`` if certified, else ``uncertified``; the game has a potential, so there is an
        equilibrium.
    certificate : float
        Largest gain left to any player in any equilibrium listed.
    complete : bool
        True: all pure equilibria are listed.
    game : AdoptionGame
        The game.
    """

    adopters: NDArray[np.int64]
    strict: NDArray[np.bool_]
    welfare: NDArray[np.float64]
    potential: NDArray[np.float64]
    rank: NDArray[np.int64]
    smallest: int
    largest: int
    potential_maximiser: int
    critical_mass: int
    efficient: int
    status: str
    certificate: float
    complete: bool
    game: AdoptionGame

    def __len__(self) -> int:
        return len(self.adopters)

    @property
    def who(self) -> tuple[NDArray[np.bool_], ...]:
        """Who adopts in each equilibrium, a mask of the players; the cheapest do."""
        return tuple(self.game.who(int(m)) for m in self.adopters)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an equilibrium, indexed by the number of adopters."""
        import pandas as pd

        names = ("strict", "welfare", "potential", "rank")
        return pd.DataFrame(
            {name: getattr(self, name) for name in names},
            index=pd.Index(self.adopters, name="adopters"),
        )

    def record(self) -> dict[str, Any]:
        """Return the extremal equilibria and what selects among them, as one row."""
        names = ("smallest", "largest", "potential_maximiser", "critical_mass", "efficient")
        return {
            "equilibria": len(self),
            **{name: getattr(self, name) for name in names},
            "status": self.status,
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return potential and welfare by number of adopters, and which are equilibria."""
        import pandas as pd

        welfare, potential = _by_number(self.game)
        number = np.arange(self.game.players + 1)
        return pd.DataFrame(
            {
                "adopters": number,
                "potential": potential,
                "welfare": welfare,
                "equilibrium": np.isin(number, self.adopters),
            }
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw potential and welfare by number of adopters; dots are equilibria."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        rests = data[data["equilibrium"]]
        for name, colour in (("potential", "C0"), ("welfare", "C1")):
            ax.plot(data["adopters"], data[name], colour, label=name)
            ax.plot(rests["adopters"], rests[name], "o", color=colour)
        ax.axhline(0, color="0.7", lw=0.8, zorder=0)
        ax.set_xlabel("adopters, cheapest first")
        ax.set_ylabel("payoff units")
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return f"Adoption by {self.game.players} players; equilibria: {len(self)}"

    def _facts(self) -> dict[str, str]:
        return {
            "status": self.status,
            "smallest, largest": f"{self.smallest}, {self.largest}",
            "maximises potential": str(self.potential_maximiser),
            "critical mass": str(self.critical_mass),
            "efficient": str(self.efficient),
            "certificate": f"{self.certificate:.1e}",
        }


def equilibria(game: AdoptionGame) -> AdoptionEquilibria:
    """Return all pure equilibria of an adoption game, in O(N log N).

    ``m`` adopters are an equilibrium if the m-th cheapest does not regret having joined
    and the next does not wish to.

    Raises
    ------
    InputError
        If the game is no AdoptionGame.

    Notes
    -----
    Payoff differences below 1e-12 of the largest payoff are ties; who is indifferent may
    do either.  With N players of unlike cost the equilibria with ``m`` adopters that are
    not the cheapest ones are counted by :meth:`AdoptionGame.profiles`.

    Examples
    --------
    >>> found = equilibria(AdoptionGame.linear(10, 1.0, 4.5))
    >>> found.adopters.tolist(), found.potential_maximiser, found.efficient
    ([0, 10], 10, 10)
    """
    gain = require_adoption_game(game).marginal_gain
    stays = np.concatenate([[np.inf], gain])  # gain of the last who joined
    comes = np.concatenate([gain, [-np.inf]])  # gain of the next
    adopters = np.flatnonzero((stays >= 0) & (comes <= 0))
    welfare, potential = _by_number(game)
    worth, height = welfare[adopters], potential[adopters]
    strict = (stays > 0)[adopters] & (comes < 0)[adopters]
    certificate = max(float(game.regret(int(m)).max()) for m in adopters)
    return AdoptionEquilibria(
        adopters=_locked(adopters.astype(np.int64)),
        strict=_locked(strict),
        welfare=frozen(worth),
        potential=frozen(height),
        rank=_locked(1 + (worth[:, None] < worth).sum(axis=1)),
        smallest=int(adopters[0]),
        largest=int(adopters[-1]),
        potential_maximiser=int(adopters[::-1][height[::-1].argmax()]),
        critical_mass=tipping(game).critical_mass,
        efficient=int(game.players - welfare[::-1].argmax()),
        status=verdict(certificate, 1e-9 * game.scale),
        certificate=certificate,
        complete=True,
        game=game,
    )


def _by_number(game: AdoptionGame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return welfare and potential of 0, ... N adopters, the cheapest first."""
    paid = np.concatenate([[0.0], np.cumsum(game.cost[game.order])])
    number = np.arange(game.players + 1)
    together = number * np.concatenate([[0.0], game.benefit])
    return together - paid, np.concatenate([[0.0], np.cumsum(game.benefit)]) - paid


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Path(Answer):
    """Where everybody's best reply to the last period leads.

    Attributes
    ----------
    final : int
        Number of adopters at the end.
    adopters : array of int, shape (periods + 1,)
        Number of adopters in each period, from the start.
    who : array of bool, shape (N,)
        Who adopts at the end.
    periods : int
        Periods until nobody moves, or until a state comes back.
    status : str
        ``ok`` if certified, else ``uncertified``; or ``cycle`` if best replies go round:
        then ``final`` is no equilibrium.
    certificate : float
        Largest gain left to any player at the end.
    game : AdoptionGame
        The game.
    """

    final: int
    adopters: NDArray[np.int64]
    who: NDArray[np.bool_]
    periods: int
    status: str
    certificate: float
    game: AdoptionGame

    def plot_data(self) -> pd.DataFrame:
        """Return the number of adopters by period."""
        import pandas as pd

        return pd.DataFrame(
            {"period": range(len(self.adopters)), "adopters": self.adopters}
        )

    def _heading(self) -> str:
        return f"Best-reply path: {self.adopters[0]} to {self.final} adopters"


def path(game: AdoptionGame, start: ArrayLike = 0) -> Path:
    """Return the path of best replies from ``start``.

    In each period everybody replies to what the others did in the last; who is indifferent
    adopts.

    Parameters
    ----------
    game : AdoptionGame
        The game.
    start : int or mask, default 0
        Who adopts at first: a number, the cheapest being meant, or a mask of players.

    Returns
    -------
    Path
        From 0 and from N a game with rising benefits ends in its smallest and largest
        equilibria; from elsewhere best replies may go round (``status`` ``cycle``).

    Raises
    ------
    InputError
        If the game is no AdoptionGame, or the start is no number of its players.

    Examples
    --------
    Granovetter's riot, and the same crowd with one person changed:

    >>> path(AdoptionGame.linear(100, 1.0, range(100))).final
    100
    >>> path(AdoptionGame.linear(100, 1.0, [0, 2, *range(2, 100)])).final
    1
    """
    here = require_adoption_game(game).who(start)
    numbers, seen = [int(here.sum())], {here.tobytes()}
    while True:
        number = numbers[-1]
        alone, joining = (
            game.benefit[min(max(k, 0), game.players - 1)] for k in (number - 1, number)
        )
        after = np.where(here, game.cost <= alone, game.cost <= joining)
        if (after == here).all():
            status = verdict(float(game.regret(here).max()), 1e-9 * game.scale)
            break
        here = after
        numbers.append(int(here.sum()))
        if here.tobytes() in seen:
            status = "cycle"
            break
        seen.add(here.tobytes())
    return Path(
        final=numbers[-1],
        adopters=_locked(np.array(numbers, dtype=np.int64)),
        who=_locked(here),
        periods=len(numbers) - 1,
        status=status,
        certificate=float(game.regret(here).max()),
        game=game,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Tipping(Answer):
    """Stable numbers of adopters, their basins, and the mass that tips the game.

    Attributes
    ----------
    critical_mass : int
        Fewest adopters, the cheapest first, from whom on each next player is glad to join
        until the largest stable number is reached.
    stable : array of int, shape (k,)
        Numbers of adopters that revisions one at a time come to rest at.
    basin_start, basin_end : array of int, shape (k,)
        First and last number of adopters from which they do.
    status : str
        ``ok`` if certified, else ``uncertified``.
    certificate : float
        Largest gain left to any player at a stable number.
    game : AdoptionGame
        The game.
    """

    critical_mass: int
    stable: NDArray[np.int64]
    basin_start: NDArray[np.int64]
    basin_end: NDArray[np.int64]
    status: str
    certificate: float
    game: AdoptionGame

    def to_frame(self) -> pd.DataFrame:
        """Return one row a stable number: its basin, and the basin's share of all states."""
        import pandas as pd

        size = self.basin_end - self.basin_start + 1
        return pd.DataFrame(
            {
                "basin_start": self.basin_start,
                "basin_end": self.basin_end,
                "basin_share": size / (self.game.players + 1),
            },
            index=pd.Index(self.stable, name="adopters"),
        )

    def plot_data(self) -> pd.DataFrame:
        """Return what the next player gains by joining, by number of adopters."""
        import pandas as pd

        gain = self.game.marginal_gain
        return pd.DataFrame({"adopters": np.arange(len(gain)), "gain_from_joining": gain})

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the gain from joining, shade the basins, and point where adoption goes."""
        ax = axes_or_new(ax)
        data = self.plot_data()
        ax.step(data["adopters"], data["gain_from_joining"], "k", where="mid", lw=1.2)
        ax.axhline(0, color="0.5", lw=0.8)
        spans = zip(self.stable, self.basin_start, self.basin_end, strict=True)
        for number, (rest, first, last) in enumerate(spans):
            colour = f"C{number % 10}"
            ax.axvspan(first - 0.5, last + 0.5, color=colour, alpha=0.13, lw=0)
            ax.plot(
                rest, 0, "o", color=colour, ms=9, clip_on=False, label=f"rests at {rest}"
            )
            for source in {int(first), int(last)} - {int(rest)}:
                arrow = {"arrowstyle": "->", "color": colour, "lw": 1.6}
                ax.annotate("", (rest, 0), (source, 0), arrowprops=arrow)
        ax.set_xlim(-0.5, self.game.players + 0.5)
        ax.set_xlabel("adopters, cheapest first")
        ax.set_ylabel("what the next gains by joining")
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        return f"Tipping: critical mass {self.critical_mass} of {self.game.players}"


def tipping(game: AdoptionGame) -> Tipping:
    """Return the stable numbers of adopters, their basins and the critical mass.

    Players revise one at a time, the cheapest outside first; if nobody outside wishes to
    join, the dearest inside who regrets leaves.  Who is indifferent adopts.

    Raises
    ------
    InputError
        If the game is no AdoptionGame.

    Examples
    --------
    >>> found = tipping(AdoptionGame.linear(10, 1.0, 3.5))
    >>> found.critical_mass, found.stable.tolist(), found.basin_start.tolist()
    (4, [0, 10], [0, 4])
    """
    gain = require_adoption_game(game).marginal_gain
    joins = np.concatenate([gain >= 0, [False]])
    settled = np.concatenate([[True], gain >= 0])
    stable = np.flatnonzero(settled & ~joins)
    # Between two resting places adoption first falls back, then rises: it tips at the
    # first number above the lower one that is followed by joiners only.
    tips = [0] + [
        int(low + 1 + np.flatnonzero(joins[low + 1 : high])[0])
        for low, high in pairwise(stable)
    ]
    certificate = max(float(game.regret(int(m)).max()) for m in stable)
    return Tipping(
        critical_mass=tips[-1],
        stable=_locked(stable.astype(np.int64)),
        basin_start=_locked(np.array(tips, dtype=np.int64)),
        basin_end=_locked(np.array([*(t - 1 for t in tips[1:]), game.players])),
        status=verdict(certificate, 1e-9 * game.scale),
        certificate=certificate,
        game=game,
    )
