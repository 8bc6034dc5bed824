"""What is drawn: the table, the grid of sample sizes, and worlds that break a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from unigauge.papers.bridge.recipes import RECIPES
from unigauge.papers.bridge.simulation import simulated, summary
from unigauge.papers.bridge.worlds import BROKEN

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CELL",
    "KEYS",
    "SIZES",
    "Part",
    "full_plan",
    "long",
    "run",
    "small_plan",
    "summaries",
]

SIZES = ((20, 20), (50, 10), (200, 10), (50, 20), (50, 40))
"""N and T of the grid."""
GRID = ("within", "orthogonal_deviations", "indirect_inference")
AGAINST_BROKEN = ("within", "orthogonal_deviations", "bootstrap", "indirect_inference")
CELL = ("recipe", "effect", "seed", "world", "units", "periods")
"""What names a draw."""
KEYS = ("table", "world", "units", "periods", "estimator", "parameter")
"""What names a row of the summaries."""


class Part(NamedTuple):
    """Draws of one kind: recipes, with and without the effect, seeds, world, N and T.

    The empty world is each recipe's own.
    """

    table: str
    recipes: Sequence[str]
    effects: Sequence[bool]
    seeds: range
    world: str = ""
    units: int = 50
    periods: int = 20

    def cells(self) -> list[dict[str, Any]]:
        """Return the arguments of each draw."""
        options = {"world": self.world, "units": self.units, "periods": self.periods}
        return [
            {"recipe": recipe, "effect": effect, "seed": seed, **options}
            for recipe in self.recipes
            for effect in self.effects
            for seed in self.seeds
        ]


def full_plan(draws: int = 1000, grid_draws: int = 300) -> list[Part]:
    """Return the parts of the full run, with its seeds."""
    return [
        Part("main", tuple(RECIPES), (True, False), _seeds(20_000, draws)),
        *_grid(_seeds(30_000, grid_draws)),
        *(
            Part("broken", AGAINST_BROKEN, (True,), _seeds(50_000, grid_draws), world)
            for world in BROKEN
        ),
    ]


def small_plan(seed: int, draws: int, grid_draws: int) -> list[Part]:
    """Return the parts that the ordinary run draws anew, with seeds of its own."""
    return [
        Part("main", tuple(RECIPES), (True, False), _seeds(seed, draws)),
        *_grid(_seeds(seed, grid_draws)),
    ]


def _grid(seeds: range) -> Iterator[Part]:
    for units, periods in SIZES:
        yield Part("grid", GRID, (True,), seeds, "", units, periods)
        yield Part("grid", ("granger",), (True, False), seeds, "", units, periods)


def _seeds(first: int, draws: int) -> range:
    return range(first, first + draws)


def run(parts: Sequence[Part], **options: Any) -> list[pd.DataFrame]:
    """Return the draws of each part, all drawn in one sweep.

    Options are those of :func:`unigauge.sweeps.sweep`.
    """
    cells = [part.cells() for part in parts]
    drawn = simulated([cell for part in cells for cell in part], **options)
    ends = list(accumulate(len(part) for part in cells))
    return [
        drawn.iloc[end - len(part) : end].dropna(axis=1, how="all")
        for part, end in zip(cells, ends, strict=True)
    ]


def summaries(parts: Sequence[Part], drawn: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return one row a table, world, size, estimator and parameter."""
    import pandas as pd

    frames = []
    for part, frame in zip(parts, drawn, strict=True):
        table = summary(frame)
        for place, key in enumerate(KEYS[:4]):
            table.insert(place, key, getattr(part, key))
        frames.append(table)
    return pd.concat(frames, ignore_index=True)


def long(parts: Sequence[Part], drawn: Sequence[pd.DataFrame], draws: int) -> pd.DataFrame:
    """Return the numbers of the first draws of each part, one a row."""
    import pandas as pd

    frames = []
    for part, frame in zip(parts, drawn, strict=True):
        first = frame[frame["seed"].isin(part.seeds[:draws])]
        numbers = first.melt([*CELL, "error"], var_name="name", value_name="value")
        frames.append(numbers.drop(columns="error").dropna(subset="value"))
    return pd.concat(frames, ignore_index=True)
