"""Table 4 of Arellano and Bond (1991): as expected, able to fail, not run without data."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets
from unigauge.errors import DataError
from unigauge.papers.arellano_bond_1991 import printed, reproduce
from unigauge.papers.study import Study


@cache
def employment() -> pd.DataFrame:
    try:
        return datasets.load("employment_uk")
    except DataError:
        pytest.skip("employment_uk is read from the folder UNIGAUGE_DATA, which lacks it")


def test_every_claim_is_as_expected() -> None:
    employment()
    result = reproduce.run(fast=True)
    wrong = [claim.line() for claim in result.claims if not claim.as_expected]
    assert not wrong
    assert len(result.tables) == 3
    assert len(result.figures) == 1


def test_other_data_refute_the_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """One firm less, and most numbers of the table are off."""
    fewer = employment().drop(index=1, level=0)

    def load(study: Study, name: str) -> pd.DataFrame:
        return fewer

    monkeypatch.setattr(Study, "load", load)
    claims = {claim.id: claim for claim in reproduce.run(fast=True).claims}
    assert claims["agrees_with_plm"].as_expected is False
    assert claims["agrees_with_gretl"].as_expected is False
    for column in printed.COLUMNS:
        assert claims[f"column_{column}"].as_expected is False


def test_nothing_is_run_without_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    result = reproduce.run(fast=True)
    assert all(claim.holds is None and claim.as_expected is None for claim in result.claims)
    assert not result.tables


def test_distance_counts_units_of_the_last_digit() -> None:
    assert printed.distance(-0.0207, "-0.020") == pytest.approx(0.7)
    assert np.isclose(printed.distance(65.84, "65.8"), 0.4)
