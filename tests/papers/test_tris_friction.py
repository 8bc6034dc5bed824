"""The study of friction: zeros by hand, tests with and without answers, its twin told."""

from __future__ import annotations

import itertools
import math
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from unigauge import datasets, papers
from unigauge.papers.reproduction import Claim
from unigauge.papers.study import Study, watching
from unigauge.papers.tris_friction import (
    findings,
    gravity,
    network,
    pictures,
    records,
    reproduce,
)
from unigauge.papers.tris_friction.records import Pairs

KEY = "tris_friction"


@cache
def twin() -> Pairs:
    return records.twin(7)


@cache
def few() -> pd.DataFrame:
    """Return the twin's last years."""
    return gravity.within_years(twin().frame, 2015, 2019)


# ---------------------------------------------------------------------------
# The whole study


@pytest.mark.slow
def test_without_the_data_it_runs_on_a_twin_and_says_so_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    done = papers.reproduce(KEY, tmp_path, fast=True)
    assert str(done).startswith("On a simulated twin, not on data:")
    assert done.scope.startswith("eu_tris_dyads and country_panel could not be found")
    assert done.as_expected
    for claim in done.claims:
        assert (claim.holds is None) != claim.id.startswith(reproduce.ON_THE_TWIN)
    for output in (*done.tables, *done.figures):
        assert output.caption.startswith("Simulated twin, not data. ")
    assert done.provenance["datasets"] == {}


@pytest.mark.slow
def test_with_the_data_it_comes_out_as_expected(tmp_path: Path) -> None:
    for name in reproduce.DATA:
        if datasets.available().loc[name, "found"] == "not here":
            pytest.skip(f"{name} is read from the folder that UNIGAUGE_DATA names")
    done = papers.reproduce(KEY, tmp_path, fast=True)
    wrong = done.to_frame().query("as_expected != True")
    assert wrong.empty, wrong[["value", "note"]]
    for figure in done.figures:
        assert (tmp_path / KEY / "figures" / f"{figure.name}.png").stat().st_size > 20_000


# ---------------------------------------------------------------------------
# Pairs, and their zeros


def test_members_come_and_go_with_the_union() -> None:
    frame = records.grid(records.members())
    states = frame.groupby("year")["sender"].nunique()
    assert states.loc[[1990, 1995, 2004, 2007, 2013]].to_list() == [12, 15, 25, 27, 28]
    pairs = frame.groupby("year").size()
    np.testing.assert_array_equal(pairs, states * (states - 1))
    assert ("AUT>DEU", 1994) not in frame.index
    assert ("AUT>DEU", 1995) in frame.index
    assert ("IRL>GBR", 2019) in frame.index
    assert frame.index.is_unique


def test_what_lies_between_states_is_the_same_both_ways() -> None:
    frame = records.grid(records.members())
    back = frame.iloc[records.positions_back(frame)]
    for name in ("distance", "border", "language", "tie"):
        np.testing.assert_allclose(frame[name], back[name])
    one = frame.loc[("DEU>FRA", 2000)]
    assert math.exp(one["distance"]) == pytest.approx(880, rel=0.02)
    assert (one["border"], one["language"]) == (1, 0)
    assert tuple(frame.loc[("GBR>IRL", 2000), ["border", "language"]]) == (1, 1)
    assert tuple(frame.loc[("AUT>DEU", 2000), ["border", "language"]]) == (1, 1)
    assert tuple(frame.loc[("DEU>ESP", 2000), ["border", "language"]]) == (0, 0)


def test_zeros_are_added_and_what_is_outside_is_counted() -> None:
    rows = [
        ("DEU", "FRA", "comments", 2000, 3),
        ("DEU", "FRA", "opinions", 2000, 1),
        ("FRA", "DEU", "opinions", 2000, 2),
        ("EC", "FRA", "comments", 2000, 5),
        ("DEU", "CHE", "comments", 2000, 7),
        ("AUT", "DEU", "comments", 1993, 11),
        ("DEU", "FRA", "comments", 1989, 13),
    ]
    columns = ["sender", "receiver", "kind", "year", "count"]
    dyads = pd.DataFrame(rows, columns=columns).set_index(columns[:-1])
    countries = pd.DataFrame({"tris_notifications": [1.0]}, index=[("DEU", 2000)])
    pairs = records.observed(dyads, countries)
    assert len(pairs.frame) == len(records.grid(records.members()))
    row = pairs.frame.loc[("DEU>FRA", 2000)]
    assert row[["comments", "opinions", "comments_back", "opinions_back"]].to_list() == [
        *(3, 1),
        *(0, 2),
    ]
    assert pairs.documents == 6
    assert list(pairs.outside.values()) == [13, 12, 11]
    assert (pairs.frame[["comments", "opinions"]].to_numpy() > 0).sum() == 3
    mixed = records.observed(dyads.sample(frac=1, random_state=1), countries)
    pd.testing.assert_frame_equal(mixed.frame, pairs.frame)


# ---------------------------------------------------------------------------
# Gravity and means


def test_gravity_is_what_dummies_give() -> None:
    from statsmodels.api import GLM, families

    frame = few()[few()["sender"].isin(list(few()["sender"].unique()[:9]))]
    frame = frame[frame["receiver"].isin(frame["sender"].unique())]
    fit = gravity.gravity(frame, "comments")
    used = frame.loc[fit.residuals.index]
    senders, receivers = (
        pd.get_dummies(used[f"{side}_year"]).astype(float)
        for side in ("sender", "receiver")
    )
    year = receivers.columns % 10_000
    free = receivers.loc[:, year.duplicated()]  # one receiver of each year stands aside
    design = np.column_stack([used[list(gravity.BETWEEN)], senders, free])
    glm = GLM(used["comments"].to_numpy(), design, family=families.Poisson())
    estimates = glm.fit(tol=1e-12, maxiter=100).params[:3]
    np.testing.assert_allclose(fit.params, estimates, rtol=1e-5)


def test_exchanges_keep_who_joined_when_and_what_lies_between() -> None:
    frame = few()
    seen: list[pd.DataFrame] = []

    def watched(moved: pd.DataFrame, kind: str) -> object:
        seen.append(moved)
        return original(moved, kind)

    original = gravity.gravity
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gravity, "gravity", watched)
        draws = gravity.exchanged(frame, "comments", "border", draws=2, seed=1)
    assert draws[0] == original(seen[0], "comments").params["border"]
    assert draws[0] != draws[1]
    joined = frame["year_of_accession"]
    last = frame.loc[(joined == 1990) & (frame["receiver"] == "HRV"), "distance"]
    for moved in seen:
        assert (moved["comments"] == frame["comments"]).all()
        assert moved["border"].sum() == frame["border"].sum()
        # Croatia joined alone and stays; the founders change places among themselves
        ours = moved.loc[last.index, "distance"]
        assert not np.allclose(ours, last)
        np.testing.assert_allclose(np.sort(ours), np.sort(last))


def test_means_keep_what_each_sends_and_receives() -> None:
    frame = few()
    given = {name: gravity.means(frame, "comments", name) for name in network.GIVEN}
    for mean in given.values():
        assert (mean >= 0).all()
        for margin in ("sender_year", "receiver_year"):
            ours = pd.Series(mean).groupby(frame[margin].to_numpy()).sum()
            theirs = frame.groupby(margin)["comments"].sum()
            np.testing.assert_allclose(ours, theirs, atol=1e-4)
    distance = frame["distance"].to_numpy()
    assert given["activity and gravity"] @ distance == pytest.approx(
        float(frame["comments"].to_numpy() @ distance), rel=1e-6
    )


# ---------------------------------------------------------------------------
# The network


def test_reciprocity_by_hand() -> None:
    frame = few()
    counts = {
        (row["sender"], row["receiver"], key[1]): row["comments"]
        for key, row in frame.iterrows()
    }
    returned = sum(
        min(number, counts[receiver, sender, year])
        for (sender, receiver, year), number in counts.items()
    )
    share = network.reciprocity(
        frame["comments"].to_numpy(), frame["comments_back"].to_numpy()
    )
    assert share == returned / sum(counts.values())
    assert network.reciprocity(np.array([2, 3]), np.array([3, 2])) == 4 / 5
    assert math.isnan(network.reciprocity(np.zeros(2), np.zeros(2)))


def test_correlation_of_both_directions_by_hand() -> None:
    frame = few()
    mean = pd.Series(gravity.means(frame, "comments", "activity"), frame.index)
    beyond = ((frame["comments"] - mean) / np.sqrt(mean)).where(mean > 0, 0)
    total = sum(
        number * beyond[f"{pair[4:]}>{pair[:3]}", year]
        for (pair, year), number in beyond.items()
    )
    test = network.returned(frame, "comments", "activity", draws=199, seed=1)
    assert test.statistic == pytest.approx(total / (beyond**2).sum())
    ties = (beyond * beyond.to_numpy()[records.positions_back(frame)]).groupby(
        frame["tie"].to_numpy()
    )
    spread = np.sqrt((ties.sum() ** 2).sum()) / (beyond**2).sum()
    assert test.std_error == pytest.approx(spread, rel=0.2)


def test_the_test_of_reciprocity_finds_what_is_returned_and_only_that() -> None:
    frame = twin().frame
    found = {
        kind: network.returned(frame, kind, "activity and gravity", draws=99, seed=1)
        for kind in records.KINDS
    }
    assert found["comments"].p_value > 0.05
    assert found["opinions"].p_value == 0.01
    again = network.returned(frame, "opinions", "activity and gravity", draws=99, seed=1)
    np.testing.assert_array_equal(again.draws, found["opinions"].draws)


@pytest.mark.slow
def test_rare_objections_that_are_independent_are_seldom_found_returned() -> None:
    frame = twin().frame
    bound = 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)
    share = findings.found_by_chance(
        frame, findings.tested, spread=records.SPREAD, times=200, seed=11
    )
    assert share <= bound
    trap = network.naive_p_value
    assert findings.found_by_chance(frame, trap, spread=0, times=50, seed=11) > bound


@pytest.mark.slow
def test_answers_of_the_year_before_are_found_with_their_sign() -> None:
    frame = few().copy()
    rng = np.random.default_rng(4)
    years = frame.index.get_level_values("year")
    sent = pd.Series(rng.poisson(1.5, len(frame)), frame.index)
    back = records.positions_back(frame)
    for sign in (1, -1):
        counts = sent.to_numpy().copy()
        for year in range(2016, 2020):
            now, before = years == year, years == year - 1
            last = pd.Series(counts[back][before], frame.index[before].droplevel("year"))
            drawn = last.reindex(frame.index[now].droplevel("year")).to_numpy()
            rate = 1.5 * np.exp(sign * 0.5 * (np.log1p(drawn) - 0.8))
            counts[now] = rng.poisson(rate)
        data = frame.assign(comments=counts, comments_back=counts[back])
        fit = gravity.answering(data, "comments")
        term = "lag(log1p(comments_back), 1)"
        assert fit.params[term] * sign > 0
        assert fit.pvalues[term] < 0.01


def test_tables_by_year_and_state_add_up() -> None:
    pairs = twin()
    years, states = network.by_year(pairs), network.by_state(pairs)
    for kind in records.KINDS:
        total = pairs.frame[kind].sum()
        assert years[kind].sum() == total
        assert states[f"{kind} sent"].sum() == states[f"{kind} received"].sum() == total
        assert states[f"share of {kind} sent, %"].sum() == pytest.approx(100)
    part = pairs.frame.xs(2000, level="year")
    assert years.loc[2000, "comments: pairs active, %"] == pytest.approx(
        100 * (part["comments"] > 0).mean()
    )


# ---------------------------------------------------------------------------
# Claims and pictures


def test_claims_about_the_network_can_fail() -> None:
    study = Study.open(Path(findings.__file__).with_name("reproduce.py"))
    pairs = twin()
    claims: list[Claim] = []
    with watching(claims.append):
        findings.on_the_network(
            study, pairs, network.by_year(pairs), network.by_state(pairs)
        )
    held = {claim.id: claim.holds for claim in claims}
    assert held["anchor_rows"]
    assert not held["anchor_documents"]
    assert not held["opinions_fell"]


def test_pictures_draw_what_their_data_say() -> None:
    links = pictures.links(twin().frame)
    first = links[(links["kind"] == "comments") & (links["years"] == "1990-1999")]
    assert len(first) == pictures.STRONGEST
    strongest = first.iloc[0]
    decade = gravity.within_years(twin().frame, 1990, 1999)
    own = decade[
        (decade["sender"] == strongest["sender"])
        & (decade["receiver"] == strongest["receiver"])
    ]
    assert strongest["a year"] == own["comments"].sum() / 10
    matrix = pictures.matrix(twin().frame)
    assert len(matrix) == len(list(itertools.permutations(records.members().index, 2)))
