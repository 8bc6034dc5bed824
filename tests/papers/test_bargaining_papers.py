"""Three studies of agreements: claims come out, conditions fail, pictures show."""

from __future__ import annotations

import pytest

from unigauge import papers

REFUTED = {
    "china_europe_5g": {
        "package_better_for_each",
        "log_rolling_frontier_as_large",
        "stronger_rival_helps_any",
        "stronger_rival_joinable",
    },
    "apec_renewables": {
        "assistance_rule_of_one",
        "uncoordinated_donors_any",
        "dialogue_consensus",
        "anchors_slow",
    },
    "influence_in_committees": {
        "head_start_hurts",
        "cap_helps",
        "least_held_niche",
        "higher_stake_wins",
        "weak_power_below_weight",
        "at_the_pace_of_3gpp",
        "advantage_cumulates",
        "coupling_shows_bottlenecks",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("key", REFUTED)
def test_claims_come_out_as_expected(key: str, fast: bool) -> None:
    done = papers.reproduce(key, fast=fast)
    assert done.as_expected, str(done)
    verdicts = done.to_frame()["holds"].astype(bool)
    assert set(verdicts.index[~verdicts]) == REFUTED[key]
    assert not any(picture.data.empty for picture in done.figures)
    assert not any(table.frame.empty for table in done.tables)
