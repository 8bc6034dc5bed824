"""Kandori, Mailath and Rob (1993): every claim comes out as expected, and can fail."""

from __future__ import annotations

import pytest

from unigauge import papers

KEY = "kandori_mailath_rob_1993"


@pytest.mark.slow
def test_claims_come_out_as_expected(tmp_path):
    done = papers.reproduce(KEY, tmp_path)
    assert done.as_expected, str(done)
    verdicts = done.to_frame()["holds"]
    assert verdicts["risk_dominance_survives"]
    assert verdicts["order_of_probability"]
    failing = {"two_players", "even_risk", "payoff_dominance", "all_at_once_mixed"}
    assert set(verdicts.index[~verdicts.astype(bool)]) == failing | {
        "state_dependent_mistakes"
    }
    for figure in done.figures:
        assert not figure.data.empty
