"""Firms that know one another's benefits and decide in turn whether to switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.errors import InputError, require_number
from unigauge.models.answers import Answer, worst
from unigauge.models.arrays import require_array
from unigauge.results import frozen

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SequentialGame", "SequentialOutcome", "solve_sequential"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SequentialGame:
    """Benefits of firms that decide once each, in the order of the rows.

    Parameters
    ----------
    new : array_like, shape (n, n)
        ``new[j, k - 1]`` is B_j(k, Y), what firm j gets if k firms, itself among them, end
        up with the new standard.
    old : array_like, shape (n, n)
        B_j(k, X), the same for the old standard.

    Raises
    ------
    InputError
        If shapes do not fit, a number is not finite, or company is worth less than being
        alone: benefits must not fall along a row.

    Examples
    --------
    >>> SequentialGame(new=[[0, 2], [0, 2]], old=[[0, 1], [0, 1]]).size
    2
    """

    new: ArrayLike
    old: ArrayLike

    def __post_init__(self) -> None:
        for name in ("new", "old"):
            values = frozen(require_array(name, getattr(self, name), "a square matrix"))
            if values.ndim != 2 or values.shape[0] != values.shape[1] or not values.size:
                raise InputError(
                    f"{name} has shape {values.shape}; it must be (n, n): one row a firm, "
                    "one column a number of users from 1 to n."
                )
            if (np.diff(values, axis=1) < 0).any():
                raise InputError(
                    f"{name} falls along a row; more users must not make a standard worse."
                )
            object.__setattr__(self, name, values)
        if self.benefits[0].shape != self.benefits[1].shape:
            raise InputError("new and old must be of one shape.")

    @property
    def benefits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``new`` and ``old`` as arrays."""
        return np.asarray(self.new), np.asarray(self.old)

    @property
    def size(self) -> int:
        """n."""
        return len(self.benefits[0])

    @property
    def unanimous(self) -> bool:
        """Whether every firm would rather have all on the new than all on the old."""
        new, old = self.benefits
        return bool((new[:, -1] > old[:, -1]).all())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SequentialOutcome(Answer):
    """The subgame-perfect play.

    Attributes
    ----------
    switched : array of bool, shape (n,)
        Who switches, in the order of play.
    number : int
        How many do.
    unanimous : bool
        Whether all would gain if all switched.
    payoffs : array, shape (n,)
        What each gets.
    unique : bool
        Whether no firm is ever indifferent, so that this is the only perfect equilibrium;
        an indifferent firm stays.
    status : str
        ``ok`` if certified, else ``no_equilibrium_found``.
    certificate : float
        Largest gain from one other move anywhere in the tree, by playing it out.
    game : SequentialGame
        The parameters.
    """

    switched: NDArray[np.bool_]
    number: int
    unanimous: bool
    payoffs: NDArray[np.float64]
    unique: bool
    status: str
    certificate: float
    game: SequentialGame

    def plot_data(self) -> pd.DataFrame:
        """Return how many have switched after each move."""
        import pandas as pd

        number = np.append(0, np.cumsum(self.switched))
        return pd.DataFrame({"moves": np.arange(len(number)), "switched": number})

    def _heading(self) -> str:
        return "Bandwagon: firms that know one another, in turn"

    def _facts(self) -> dict[str, Any]:
        return {"status": self.status}


def solve_sequential(game: SequentialGame, *, tolerance: float = 1e-9) -> SequentialOutcome:
    """Return the subgame-perfect play if firms decide in the order of the rows.

    If all would gain by switching together, all switch (Farrell and Saloner 1985): the last
    follows the others, so the last but one does, and so on up to the first.

    Parameters
    ----------
    game : SequentialGame
        Parameters.
    tolerance : float, default 1e-9
        Largest certificate under which the outcome is ``ok``.

    Returns
    -------
    SequentialOutcome

    Notes
    -----
    Backward induction over (moves made, number switched): O(n^2).

    Examples
    --------
    >>> two = SequentialGame(new=[[0, 2], [0, 2]], old=[[0, 1], [0, 1]])
    >>> solve_sequential(two).switched.tolist()
    [True, True]
    """
    if not isinstance(game, SequentialGame):
        raise InputError(f"game is {game!r}; it must be a SequentialGame(new=, old=).")
    tolerance = require_number("tolerance", tolerance, above=0)
    new, old = game.benefits
    size = game.size
    ends = np.arange(size + 1)  # number of switchers at the end, by number so far
    rules = np.zeros((size, size), dtype=bool)
    ties = False
    for firm in range(size - 1, -1, -1):
        so_far = np.arange(firm + 1)
        gain = new[firm, ends[so_far + 1] - 1] - old[firm, size - ends[so_far] - 1]
        rules[firm, : firm + 1] = gain > 0
        ties |= bool((gain == 0).any())
        ends = np.where(gain > 0, ends[so_far + 1], ends[so_far])
    switched, certificate = _play_out(game, rules)
    number = int(switched.sum())
    payoffs = np.where(switched, new[:, number - 1], old[:, size - number - 1])
    switched.setflags(write=False)
    return SequentialOutcome(
        switched=switched,
        number=number,
        unanimous=game.unanimous,
        payoffs=frozen(payoffs),
        unique=not ties,
        status="ok" if certificate <= tolerance else "no_equilibrium_found",
        certificate=certificate,
        game=game,
    )


def _play_out(
    game: SequentialGame, rules: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], float]:
    """Return the path of play, and the largest gain from one other move in the tree."""
    new, old = game.benefits
    size = game.size

    def play(firm: int, number: int) -> list[bool]:
        moves: list[bool] = []
        for later in range(firm, size):
            moves.append(bool(rules[later, number + sum(moves)]))
        return moves

    gain = 0.0
    for firm in range(size):
        for number in range(firm + 1):
            total = [number + move + sum(play(firm + 1, number + move)) for move in (0, 1)]
            worth = [old[firm, size - total[0] - 1], new[firm, total[1] - 1]]
            chosen = worth[int(rules[firm, number])]
            gain = worst(gain, float(max(worth) - chosen))
    return np.array(play(0, 0)), gain
