"""Four papers on stages, revision, incentives and forcing: claims, conditions, pictures."""

from __future__ import annotations

import pytest

from unigauge import papers

REFUTED = {
    "lab_incentives": {
        "substitutes_nonnegative",
        "unmeasured_nonnegative",
        "intrinsic",
        "formula_safe",
        "staging_equal",
        "staging_one",
        "promotion_complements",
        "contest_exists",
    },
    "latecomer_stages": {
        "leapfrog_always",
        "first_step_always",
        "slowest_stage",
        "testable",
    },
    "revision_cycle": {
        "planning_pays",
        "weibull_median",
        "weibull_at_5",
        "overstates_alone",
    },
    "technology_forcing": {
        "rises_noisy",
        "drops_noisy",
        "point_peak",
        "always_wait",
        "net_value",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("key", REFUTED)
def test_claims_come_out_as_expected(key: str) -> None:
    done = papers.reproduce(key)
    assert done.as_expected, str(done)
    verdicts = done.to_frame()["holds"].astype(bool)
    assert set(verdicts.index[~verdicts]) == REFUTED[key]
    assert len(done.figures) >= 2
    for picture in [*done.figures, *done.tables]:
        frame = picture.data if hasattr(picture, "data") else picture.frame
        assert not frame.empty
