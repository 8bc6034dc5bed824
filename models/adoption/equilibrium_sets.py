"""What :func:`unigauge.models.finite.equilibria` returns: a set of equilibria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.models.adoption.normal_form import FiniteGame
from unigauge.results import Result, axes_or_new, frozen

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["STATUSES", "EquilibriumSet", "Profile", "equilibrium_set"]

Profile = tuple[tuple[Fraction, ...], ...]
"""One mixed strategy a player, exact."""

STATUSES = ("ok", "no_equilibrium_found")
"""What ``EquilibriumSet.status`` can be."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class EquilibriumSet(Result):
    """Equilibria of a finite game, the larger weights on the first actions first.

    It has a length, and iterates over ``strategies``.

    Attributes
    ----------
    strategies : tuple of tuples of arrays
        ``strategies[k][i]`` is player i's mixed strategy in equilibrium k.
    payoffs : array, shape (equilibria, players)
        Expected payoffs.
    status : str
        ``ok`` or ``no_equilibrium_found``.
    certificate : float
        Largest entry of ``regret``; NaN if there is no equilibrium.
    regret : array, shape (equilibria, players)
        What a player gains by the best pure deviation, recomputed from the game's own
        payoffs in fractions: 0 means exactly 0.
    complete : bool
        Whether every equilibrium of the kind asked is known to be listed; of a continuum,
        every extreme one.
    degenerate : bool or None
        Whether some mixed strategy has more pure best replies than actions it plays; None
        where the method cannot tell.
    components : tuple of tuples of int
        Equilibria by number, those in one connected component together.  A component of
        several extreme equilibria is a continuum.  Empty unless all are known.
    exact : tuple of tuples of tuples of Fraction
        The strategies without rounding.
    kind, method : str
        What was asked, and how it was found.
    game : FiniteGame
        The game.
    """

    strategies: tuple[tuple[NDArray[np.float64], ...], ...]
    payoffs: NDArray[np.float64]
    status: str
    certificate: float
    regret: NDArray[np.float64]
    complete: bool
    degenerate: bool | None
    components: tuple[tuple[int, ...], ...]
    exact: tuple[Profile, ...]
    kind: str
    method: str
    game: FiniteGame

    def __len__(self) -> int:
        return len(self.strategies)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float64], ...]]:
        return iter(self.strategies)

    def __getitem__(self, number: int) -> tuple[NDArray[np.float64], ...]:
        return self.strategies[number]

    @property
    def pure(self) -> NDArray[np.bool_]:
        """Which equilibria are pure, shape (equilibria,)."""
        return np.array([all(max(s) == 1 for s in p) for p in self.exact], dtype=bool)

    @property
    def coordination(self) -> NDArray[np.float64]:
        """Probability that all choose the action of the same number, (equilibria,)."""
        return np.array(
            [
                float(sum(np.prod(same) for same in zip(*profile, strict=False)))
                for profile in self.strategies
            ]
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row an equilibrium: probabilities, payoffs, the largest regret."""
        import pandas as pd

        columns: dict[str, Any] = {
            f"player_{i + 1}_action_{a + 1}": [float(p[i][a]) for p in self.strategies]
            for i, actions in enumerate(self.game.actions)
            for a in range(actions)
        }
        for i in range(self.game.players):
            columns[f"payoff_{i + 1}"] = self.payoffs[:, i]
        columns["regret"] = self.regret.max(axis=1) if len(self) else []
        return pd.DataFrame(
            columns, index=pd.RangeIndex(1, len(self) + 1, name="equilibrium")
        )

    def _printed_table(self) -> pd.DataFrame:
        return self.to_frame().set_axis(
            [
                *self._places(),
                *(f"payoff_{i + 1}" for i in range(self.game.players)),
                "regret",
            ],
            axis=1,
        )

    def _places(self) -> list[str]:
        """Return player:action for each probability."""
        sizes = enumerate(self.game.actions, start=1)
        return [f"{player}:{a + 1}" for player, actions in sizes for a in range(actions)]

    def record(self) -> dict[str, Any]:
        """Return the number of equilibria and what is known of the set, as one row."""
        return {
            "equilibria": len(self),
            "pure": int(self.pure.sum()),
            "status": self.status,
            "complete": self.complete,
            "degenerate": self.degenerate,
            "components": len(self.components),
            "certificate": self.certificate,
        }

    def plot_data(self) -> pd.DataFrame:
        """Return one row for each equilibrium, player and action: its probability."""
        import pandas as pd

        rows = [
            (k + 1, i + 1, a + 1, float(weight))
            for k, profile in enumerate(self.strategies)
            for i, strategy in enumerate(profile)
            for a, weight in enumerate(strategy)
        ]
        return pd.DataFrame(
            rows, columns=["equilibrium", "player", "action", "probability"]
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Shade the probability of every action, one row an equilibrium."""
        width = sum(self.game.actions)
        height = 1.2 + 0.3 * max(2, min(len(self), 30))
        ax = axes_or_new(ax, size=(1.6 + 0.6 * width, height))
        table = self.to_frame().iloc[:, :width].to_numpy(dtype=float)
        ax.pcolormesh(table, cmap="Blues", vmin=0, vmax=1, edgecolors="white", lw=1)
        if len(self) <= 12:
            for k, profile in enumerate(self.exact):
                for place, weight in enumerate(w for s in profile for w in s):
                    text = str(weight) if weight.denominator < 1000 else f"{weight:.3f}"
                    colour = "white" if weight > 0.6 else "black"
                    where = (place + 0.5, k + 0.5)
                    ax.annotate(text, where, ha="center", va="center", color=colour)
        ax.set_xticks(np.arange(width) + 0.5, self._places())
        for edge in np.cumsum(self.game.actions)[:-1]:
            ax.axvline(edge, color="black", lw=1.5)
        few = np.unique(
            np.linspace(1, max(len(self), 1), min(max(len(self), 1), 12), dtype=int)
        )
        ax.set_yticks(few - 0.5, [str(k) for k in few])
        ax.set_ylim(max(len(self), 1), 0)
        ax.set_xlabel("player:action")
        ax.set_ylabel("equilibrium")
        ax.set_title(self._heading())
        return ax

    def _heading(self) -> str:
        actions = " x ".join(map(str, self.game.actions))
        asked = {"all": "", "pure": "pure ", "one": "one of the "}[self.kind]
        return f"Equilibria of a {actions} game: {asked}{len(self)}"[:79]

    def _facts(self) -> dict[str, str]:
        known = {True: "yes", False: "no", None: "not known"}
        return {
            "status": self.status,
            "complete": known[self.complete],
            "degenerate": known[self.degenerate],
            "certificate": f"{self.certificate:.1e}",
            "method": self.method,
            "columns": "probabilities by player:action, payoffs, the largest regret",
        }

    def _notes(self) -> tuple[str, ...]:
        joined = [c for c in self.components if len(c) > 1]
        return tuple(
            f"Equilibria {', '.join(str(k + 1) for k in component)} are the extreme points "
            "of one continuum."
            for component in joined
        )


def equilibrium_set(
    game: FiniteGame,
    profiles: Sequence[Profile],
    *,
    kind: str,
    method: str,
    complete: bool,
    degenerate: bool | None,
    connect: bool,
) -> EquilibriumSet:
    """Return the set with payoffs and regrets of each profile, recomputed exactly."""
    values = [game.exact_payoffs_and_regrets(profile) for profile in profiles]
    shape = (len(profiles), game.players)
    regret = frozen(
        np.reshape([[float(r) for r in regrets] for _, regrets in values], shape)
    )
    return EquilibriumSet(
        strategies=tuple(
            tuple(frozen([float(w) for w in s]) for s in profile) for profile in profiles
        ),
        payoffs=frozen(np.reshape([[float(p) for p in paid] for paid, _ in values], shape)),
        status="ok" if profiles and not regret.any() else "no_equilibrium_found",
        certificate=float(regret.max()) if profiles else float("nan"),
        regret=regret,
        complete=complete,
        degenerate=degenerate,
        components=_components(profiles) if connect else (),
        exact=tuple(profiles),
        kind=kind,
        method=method,
        game=game,
    )


def _components(profiles: Sequence[Profile]) -> tuple[tuple[int, ...], ...]:
    """Group two-player extreme equilibria that share a strategy, directly or by others."""
    groups: dict[tuple[int, tuple[Fraction, ...]], list[int]] = {}
    for k, profile in enumerate(profiles):
        for player, strategy in enumerate(profile):
            groups.setdefault((player, strategy), []).append(k)
    component = list(range(len(profiles)))

    def root(k: int) -> int:
        while component[k] != k:
            k = component[k]
        return k

    for members in groups.values():
        for k in members[1:]:
            first, second = sorted((root(members[0]), root(k)))
            component[second] = first
    together: dict[int, list[int]] = {}
    for k in range(len(profiles)):
        together.setdefault(root(k), []).append(k)
    return tuple(tuple(members) for members in together.values())
