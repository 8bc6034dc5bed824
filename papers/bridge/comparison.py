"""Two simulations of the same thing: how far apart, in simulation errors.

Three tables of the same form are compared: ``independent.csv``, which another program drew
with other seeds; the stored full run; and what is drawn now.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from unigauge.papers.bridge.plan import KEYS
from unigauge.papers.reproduction import half_unit

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ADOPTION_KEYS",
    "STATISTICS",
    "adoption_against_independent",
    "against_independent",
    "against_stored",
    "first_draws",
    "independent",
    "record_of_run",
    "stored",
    "stored_adoption",
]

RATES = ("size", "size_null", "power")
STATISTICS = ("bias", "sd", "mean_se", "rmse", *RATES)
FOLDER = Path(__file__).parent


def stored() -> pd.DataFrame:
    """Return the tables of the stored full run."""
    return _frame("stored/tables.csv").fillna({"world": ""})


def first_draws() -> pd.DataFrame:
    """Return the numbers of the first draws of the stored full run, one a row."""
    return _frame("stored/first_draws.csv").fillna({"world": ""})


def record_of_run() -> dict[str, Any]:
    """Return seeds, versions and command of the stored full run."""
    return tomllib.loads((FOLDER / "stored/run.toml").read_text(encoding="utf-8"))


def independent() -> pd.DataFrame:
    """Return the other program's tables, numbers as text so that their digits count."""
    return _frame("independent.csv", dtype=dict.fromkeys(STATISTICS, str)).assign(world="")


def _frame(name: str, **options: Any) -> pd.DataFrame:
    import pandas as pd

    frame: pd.DataFrame = pd.read_csv(FOLDER / name, **options)
    return frame


def against_independent(ours: pd.DataFrame) -> pd.DataFrame:
    """Return every number of the other program beside ours.

    ``distance`` is in simulation errors of the difference, once half a unit of the last
    digit given is allowed for.
    """
    return _distances(ours, independent(), "independent")


def against_stored(now: pd.DataFrame) -> pd.DataFrame:
    """Return biases and shares of few panels drawn now beside the stored ones.

    Of few draws these alone have errors that are near normal; and of the grid only the
    reduced form and the tests are compared, as at ten periods the structure by GMM, a
    ratio, has no mean.
    """
    ratio = (now["table"] == "grid") & now["parameter"].isin(
        ["l_k", "b_ks", "b_sk", "loop"]
    )
    return _distances(stored(), now[~ratio], "now", ("bias", *RATES))


def _distances(
    ours: pd.DataFrame,
    other: pd.DataFrame,
    label: str,
    statistics: Sequence[str] = STATISTICS,
) -> pd.DataFrame:
    """Compare the rows that the other has, statistic by statistic."""
    import pandas as pd

    here = {_key(row): row for row in ours.to_dict("records")}
    rows = []
    for theirs in other.to_dict("records"):
        mine = here[_key(theirs)]
        for statistic in statistics:
            said = theirs.get(statistic)
            if pd.isna(said):
                continue
            value = float(said)
            near = half_unit(said) if isinstance(said, str) else 0.0
            closest = float(np.clip(mine[statistic], value - near, value + near))
            distance = _shares_apart if statistic in RATES else _means_apart
            rows.append(
                {
                    **{key: mine[key] for key in KEYS},
                    "statistic": statistic,
                    "ours": mine[statistic],
                    label: value,
                    "distance": distance(mine, statistic, closest, theirs["draws"]),
                }
            )
    return pd.DataFrame(rows)


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key in KEYS)


def _means_apart(
    mine: Mapping[Any, Any], statistic: str, other: float, draws: int
) -> float:
    """Return the distance in simulation errors; ours, of many draws, tell the other's."""
    error = mine[f"{statistic}_error"] * np.sqrt(1 + mine["draws"] / draws)
    return float(abs(mine[statistic] - other) / error)


def _shares_apart(
    mine: Mapping[Any, Any], statistic: str, other: float, draws: int
) -> float:
    """Return the normal quantile that Fisher's exact test of equal shares stands for."""
    from scipy import stats

    counts = np.array(
        [
            [round(share * number), number - round(share * number)]
            for share, number in (
                (mine[statistic], int(mine["draws"])),
                (other, int(draws)),
            )
        ]
    )
    return float(stats.norm.isf(stats.fisher_exact(counts).pvalue / 2))


# ---------------------------------------------------------------------------
# The adoption game

ADOPTION_KEYS = ("psel", "rounds", "method", "parameter")


def stored_adoption() -> pd.DataFrame:
    """Return the stored table of the adoption game."""
    return _frame("stored/adoption.csv")


def adoption_against_independent() -> pd.DataFrame:
    """Return means and spreads of the other program beside ours, with distances.

    Spreads are taken to have the simulation errors of normal draws.
    """
    keys = list(ADOPTION_KEYS)
    theirs = _frame("independent_adoption.csv", dtype={"mean": str, "sd": str})
    both = stored_adoption().merge(theirs, on=keys, suffixes=("", "_independent"))
    panels = 1 / both["draws"] + 1 / both["draws_independent"]
    for statistic, part in (("mean", 1.0), ("sd", 0.5)):
        said = both[f"{statistic}_independent"]
        value, near = said.astype(float), said.map(half_unit)
        gap = ((both[statistic] - value).abs() - near).clip(lower=0)
        both[f"{statistic}_independent"] = value
        both[f"{statistic}_distance"] = gap / (both["sd"] * np.sqrt(part * panels))
    return both
