"""Panels that several modules of tests are run on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets

REFERENCE = Path(__file__).parents[1] / "reference"
SHORT = {
    "General Motors": (1938, 1954),
    "Chrysler": (1935, 1950),
    "Union Oil": (1936, 1952),
}


@pytest.fixture(scope="session")
def fields() -> pd.DataFrame:
    """Patents and standards of the technology fields, with logs ``p`` and ``s``."""
    frame = datasets.load("technology_fields")
    return frame.assign(
        p=np.log1p(frame["patent_families"]), s=np.log1p(frame["iso_standards"])
    )


@pytest.fixture(scope="session")
def gravity() -> pd.DataFrame:
    """Simulated flows between countries, indexed by (pair, year)."""
    flows = pd.read_csv(REFERENCE / "gravity_small.csv")
    return flows.set_index(["pair", "year"]).sort_index()


@pytest.fixture(scope="session")
def panel_of() -> Callable[[str], pd.DataFrame]:
    """Panels by name: Grunfeld, the same with three firms cut short, and Produc."""

    @cache
    def load(name: str) -> pd.DataFrame:
        if name == "produc":
            from linearmodels.datasets import munnell

            states = munnell.load().rename(columns=str.lower)
            return states.set_index(["st_abb", "yr"]).sort_index()
        from statsmodels.datasets import grunfeld

        data = grunfeld.load_pandas().data.rename(columns={"invest": "inv"})
        data = data[data["firm"] != "American Steel"].astype({"year": int})
        if name == "unbalanced":
            for firm, (first, last) in SHORT.items():
                outside = (data["year"] < first) | (data["year"] > last)
                data = data[~((data["firm"] == firm) & outside)]
        return data.sort_values(["firm", "year"]).set_index(["firm", "year"])

    return load
