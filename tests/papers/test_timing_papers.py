"""Four papers on timing and compatibility: claims come out, conditions fail, pictures show."""

from __future__ import annotations

import pytest

from unigauge import papers

REFUTED = {
    "farrell_saloner_1985": {
        "unanimity_total",
        "order_no_unanimity",
        "inertia_known_types",
        "inertia_without_network",
        "inertia_grows",
        "both_gain",
    },
    "farrell_saloner_1988": {
        "committee_surer_one_round",
        "committee_slower_little_conflict",
        "committee_better_impatient",
        "hybrid_surer",
        "hybrid_like_a_committee_stakes",
    },
    "farrell_simcoe_2012": {
        "threshold_any",
        "no_dispersion",
        "gini_decides",
        "tie_breaker_any",
        "tie_breaker_screens",
        "flow_cost",
    },
    "katz_shapiro_1985": {
        "all_gain_saturated",
        "large_blocks_small_lead",
        "too_much",
        "unique_strong",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("key", REFUTED)
def test_claims_come_out_as_expected(key: str) -> None:
    done = papers.reproduce(key)
    assert done.as_expected, str(done)
    verdicts = done.to_frame()["holds"].astype(bool)
    assert set(verdicts.index[~verdicts]) == REFUTED[key]
    assert len(done.figures) == 2
    for picture in [*done.figures, *done.tables]:
        frame = picture.data if hasattr(picture, "data") else picture.frame
        assert not frame.empty
