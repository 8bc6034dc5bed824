"""Growth, synergy and traps, modes of standardisation: claims come out, conditions fail."""

from __future__ import annotations

import pytest

from unigauge import papers

REFUTED = {
    "acemoglu_gancia_zilibotti_2012": {
        "closed_form_elsewhere",
        "unique_any",
        "jump_down",
        "fast_is_reached",
        "welfare_always_faster",
        "rate_and_markup",
        "rate_and_skill",
        "fee_share_and_cost",
        "fee_and_markup_cheap",
        "fee_and_skill_alone",
    },
    "synergy_and_traps": {
        "loop_decides_any_sign",
        "network_left_out",
        "multiplier_unstable",
        "three_states_off_centre",
        "local_loop_tells",
        "complements_any",
        "skill_threshold_any",
    },
    "modes_of_standardisation": {
        "private_standards_public",
        "synergy_negative",
        "rivalry",
        "gap_grows",
        "standards_body_capture",
        "ranking_little_captured",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("key", REFUTED)
def test_claims_come_out_as_expected(key: str) -> None:
    done = papers.reproduce(key, fast=True)
    assert done.as_expected, str(done)
    verdicts = done.to_frame()["holds"].astype(bool)
    assert set(verdicts.index[~verdicts]) == REFUTED[key]
    for picture in [*done.figures, *done.tables]:
        frame = picture.data if hasattr(picture, "data") else picture.frame
        assert not frame.empty
