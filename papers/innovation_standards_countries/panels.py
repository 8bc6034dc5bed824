"""Variables and samples, from the country panel or from its simulated twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unigauge import datasets

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "JUMPS",
    "PLANTED",
    "RATES",
    "TWINS",
    "WINDOW",
    "complete",
    "followed",
    "known",
    "prepared",
    "samples",
    "twin",
    "within_years",
    "without",
]

WINDOW = (1998, 2017)
"""Before, few certificates were reported; after, sites were counted apart."""
BREAKS = ("AZE", "BLR", "MKD", "SDN", "SRB", "UKR", "UZB", "ZAF")
"""States whose series jump where the reporting changed."""
JUMPS = ("ITA", "UKR")
"""States whose families look misreported: Italy 2015-16, Ukraine 2001-05."""
MILLION = 1e6
RATES = {
    "applications_pm": "pat_resident",
    "families_pm": "ipf_granted",
    "grants_pm": "uspto_granted",
    "iso9001_pm": "iso9001_cert",
    "iso14001_pm": "iso14001_cert",
}
"""Counts per million people."""
LOGARITHMS = {"gdp": "gdp_pc_real", "openness": "openness_pwt", "rd": "rd_gdp_pct"}
"""The controls."""


def prepared(countries: pd.DataFrame) -> pd.DataFrame:
    """Sort rows, cut the window, and add rates, logarithms and controls.

    ``patents`` and ``certificates`` are log(1 + number per million people).
    """
    panel = within_years(countries.sort_index(), *WINDOW)
    panel.attrs = {}  # pandas would copy them in every step
    people = panel["population"] / MILLION
    panel = panel.assign(**{rate: panel[count] / people for rate, count in RATES.items()})
    return panel.assign(
        patents=np.log1p(panel["applications_pm"]),
        certificates=np.log1p(panel["iso9001_pm"]),
        **{name: np.log(panel[column]) for name, column in LOGARITHMS.items()},
    )


def within_years(panel: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the years of a window; cut before lags are formed."""
    years = panel.index.get_level_values("year")
    return panel[(years >= first) & (years <= last)]


def without(panel: pd.DataFrame, *countries: str) -> pd.DataFrame:
    """Return the panel without some countries."""
    return panel[~panel.index.get_level_values("iso3").isin(countries)]


def known(panel: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the country-years in which all columns are known."""
    return panel[panel[list(columns)].notna().all(axis=1)]


def complete(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the countries that have every year of the panel."""
    years = panel.index.get_level_values("year")
    rows = panel.groupby("iso3").size()
    full = rows.index[rows == years.nunique()]
    return panel[panel.index.get_level_values("iso3").isin(full)]


def followed(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the countries with more than one row; a single one says nothing of change."""
    rows = panel.groupby("iso3").size()
    return without(panel, *rows.index[rows == 1])


def samples(panel: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the samples by name; in each, patents and certificates are both known."""
    main = known(panel, "patents", "certificates")
    families = panel.assign(
        patents=np.log1p(panel["families_pm"]), pat_resident=panel["ipf_granted"]
    )
    granted = complete(known(families, "patents", "certificates"))
    return {
        "main": main,
        "balanced block": complete(main),
        "patent families": granted,
        "families without China": without(granted, "CHN"),
        "without China": without(main, "CHN"),
        "without breaks": without(main, *BREAKS),
    }


# ---------------------------------------------------------------------------
# The simulated twin


PLANTED = 0.15
"""Effect of patents on certificates in the twin, where certificates move nothing."""
TWINS = 60
WHOLE = 45
"""Countries of the twin, and those of them without a gap."""


def twin(seed: int) -> pd.DataFrame:
    """Return a simulated panel with the columns of ``country_panel`` that are read.

    Logarithms per million come from :func:`unigauge.datasets.simulate_two_way`, with a
    world cycle; controls are random walks that move nothing.
    """
    import pandas as pd

    first, last = WINDOW
    years = range(first, last + 1)
    simulated = datasets.simulate_two_way(
        seed=seed,
        units=TWINS,
        periods=len(years),
        persistence=(0.7, 0.6),
        standards_to_knowledge=0.0,
        knowledge_to_standards=PLANTED,
    )
    rng = np.random.default_rng([seed, 1])
    labels = ["CHN", *(f"T{k:02d}" for k in range(1, TWINS))]
    index = pd.MultiIndex.from_product([labels, years], names=["iso3", "year"])
    people = np.repeat(np.exp(rng.normal(16, 1.2, TWINS)), len(years)).round()

    def counts(rate: np.ndarray) -> np.ndarray:
        return np.asarray((np.exp(rate) * people / MILLION).round())

    def walks(start: float, spread: float) -> np.ndarray:
        steps = rng.normal(scale=spread, size=(TWINS, len(years)))
        return np.asarray(np.exp(start + steps.cumsum(axis=1)).ravel())

    knowledge = simulated["knowledge"].to_numpy()
    certificates = simulated["standards"].to_numpy()
    frame = pd.DataFrame(
        {
            "population": people,
            "pat_resident": counts(4 + knowledge),
            "ipf_granted": counts(3 + knowledge + rng.normal(scale=0.1, size=len(index))),
            "uspto_granted": counts(3 + knowledge + rng.normal(scale=0.2, size=len(index))),
            "iso9001_cert": counts(5 + certificates),
            "iso14001_cert": counts(
                4 + certificates + rng.normal(scale=0.1, size=len(index))
            ),
            "gdp_pc_real": walks(9.5, 0.03),
            "openness_pwt": walks(-0.5, 0.05),
            "rd_gdp_pct": walks(0.0, 0.05),
        },
        index,
    )
    gaps = rng.random(len(index)) < 0.15
    gaps[: WHOLE * len(years)] = False
    frame["pat_resident"] = frame["pat_resident"].mask(gaps)
    frame.loc[labels[WHOLE:], ["ipf_granted", "uspto_granted"]] = np.nan
    frame.attrs["truth"] = simulated.attrs["truth"]
    return frame
