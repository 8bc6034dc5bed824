"""A study keeps to what its paper declares, and its files are what it says."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
from matplotlib.figure import Figure

from unigauge import papers
from unigauge.errors import InputError
from unigauge.papers import Study
from unigauge.papers.study import watching


@pytest.fixture
def study(make_paper) -> Study:
    return Study.open(make_paper() / "reproduce.py")


def claim_all(study: Study) -> None:
    study.claim("third", value=1 / 3)
    study.claim("monotone", holds=True)
    study.claim("root", value=2**0.5)


def give_all(study: Study) -> None:
    study.table("squares", pd.DataFrame({"x": [1]}), caption="c")
    figure = Figure()
    axes = figure.subplots()
    study.figure("parabola", axes, data=pd.DataFrame({"x": [1]}), caption="c", alt="a")


def test_claims_come_in_the_order_of_the_expectations(study):
    claim_all(study)
    give_all(study)
    reproduction = study.reproduction()
    assert [claim.id for claim in reproduction.claims] == ["monotone", "third", "root"]
    assert reproduction.as_expected
    assert reproduction.provenance["files"] == {}
    assert reproduction.to_frame()["as_expected"].tolist() == [True, True, True]
    assert "Squares of positive numbers rise." in str(reproduction)
    assert "<table>" in reproduction._repr_html_()


def test_unknown_claim_is_suggested(study):
    with pytest.raises(InputError, match="Did you mean 'third'"):
        study.claim("thirds", value=1 / 3)


def test_claims_are_made_once(study):
    study.claim("third", value=1 / 3)
    with pytest.raises(InputError, match="'third' was made before"):
        study.not_run("third", because="again")


def test_missing_claims_are_an_error(study):
    study.claim("third", value=1 / 3)
    with pytest.raises(InputError, match="did not make: monotone, root"):
        study.reproduction()


def test_outputs_are_those_declared(study):
    frame = pd.DataFrame({"x": [1]})
    with pytest.raises(InputError, match=r"table is 'square'.*Did you mean 'squares'"):
        study.table("square", frame, caption="c")
    study.table("squares", frame, caption="c")
    with pytest.raises(InputError, match="table 'squares' was given before"):
        study.table("squares", frame, caption="c")
    claim_all(study)
    with pytest.raises(InputError, match=r"declares outputs.*parabola"):
        study.reproduction()


def test_outputs_may_lack_where_a_claim_was_not_run(study):
    study.not_run("monotone", "third", "root", because="no data")
    reproduction = study.reproduction()
    assert [claim.holds for claim in reproduction.claims] == [None, None, None]
    assert reproduction.as_expected


def test_only_declared_data_are_read(study):
    with pytest.raises(InputError, match=r"not among the datasets.*technology_fields"):
        study.load("technology_fields_concordance")
    assert len(study.load("technology_fields")) == 529


def test_watching(study):
    seen = []
    with watching(seen.append):
        study.claim("third", value=1 / 3)
    study.claim("monotone", holds=True)
    assert [claim.id for claim in seen] == ["third"]


def test_files_and_their_hashes(make_paper, tmp_path):
    make_paper()
    reproduction = papers.reproduce("tiny_2000", tmp_path / "out")
    hashes = reproduction.provenance["files"]
    assert set(hashes) == {
        "tables/squares.csv",
        "tables/squares.tex",
        "figures/parabola.png",
        "figures/parabola.pdf",
        "figures/parabola.csv",
    }
    for name, digest in hashes.items():
        content = (tmp_path / "out" / "tiny_2000" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    table = pd.read_csv(tmp_path / "out" / "tiny_2000" / "tables" / "squares.csv")
    pd.testing.assert_frame_equal(table, reproduction.tables[0].frame)
    latex = (tmp_path / "out" / "tiny_2000" / "tables" / "squares.tex").read_text()
    assert r"\caption{Squares \& more}" in latex
    assert "3 & 9.00000" in latex


def test_the_same_run_writes_the_same_files(make_paper, tmp_path):
    make_paper()
    first = papers.reproduce("tiny_2000", tmp_path / "first")
    second = papers.reproduce("tiny_2000", tmp_path / "second")
    assert first.provenance == second.provenance


def test_a_simulated_twin_is_told_before_all_else(study):
    study.simulated("The data are not here.")
    study.not_run("monotone", "third", "root", because="The data are not here.")
    give_all(study)
    done = study.reproduction()
    assert str(done).startswith("On a simulated twin, not on data: A tiny paper")
    assert done.scope.startswith("The data are not here.\n\n")
    assert done.tables[0].caption == "Simulated twin, not data. c"
    assert done.figures[0].caption == "Simulated twin, not data. c"
    assert done.figures[0].alt == "Simulated twin, not data. a"


def test_data_are_found_or_not(study, monkeypatch):
    monkeypatch.delenv("UNIGAUGE_DATA", raising=False)
    assert study.finds("technology_fields")
    assert not study.finds("country_panel")
