"""Regression tables: every kind of result, and the three files as they are read."""

from __future__ import annotations

import pytest

from unigauge.errors import InputError
from unigauge.estimation import (
    compare,
    cross_section_dependence,
    dynamic_gmm,
    iv,
    juodis_karavias_sarafidis,
    local_projection,
    mean_group,
    ols,
    panel_var,
    poisson,
    regression_table,
    three_stage,
)
from unigauge.results import WIDTH

SYSTEM = {"innovation": "p ~ s + lag(p)", "standards": "s ~ p + lag(s)"}


@pytest.fixture(scope="module")
def fits(fields):
    return [
        ols(fields, "p ~ lag(p) + lag(s) | entity + time"),
        poisson(fields, "patent_families ~ lag(p) + lag(s) | entity + time"),
        iv(fields, "p ~ lag(p) + [s ~ lag(s, 1:2)] | entity + time"),
    ]


def test_cells_are_the_numbers(fits):
    table = regression_table(*fits).to_frame()
    assert table.columns.tolist() == ["(1)", "(2)", "(3)"]
    first = fits[0]
    row = table.index.get_loc("lag(s, 1)")
    p_value = first.pvalues["lag(s, 1)"]
    assert 0.05 < p_value < 0.1
    assert table.iloc[row, 0] == f"{first.params['lag(s, 1)']:.3f}*"
    assert table.iloc[row + 1, 0] == f"({first.std_errors['lag(s, 1)']:.3f})"
    assert table.iloc[row, 2] == ""  # not a term of the third
    assert table.loc["Response"].tolist() == ["p", "patent_families", "p"]
    assert table.loc["Model"].tolist() == ["OLS", "Poisson", "2SLS"]
    assert table.loc["Observations"].tolist() == ["506", "506", "483"]
    assert table.loc["First-stage F"].tolist() == ["", "", f"{fits[2].rank_f:.3f}"]


def test_every_kind_of_result_has_its_columns(fields, fits):
    several = [
        three_stage(fields, SYSTEM),
        dynamic_gmm(
            fields,
            "p ~ lag(p) + lag(s)",
            gmm={"p": (2, 3), "s": (2, 3)},
            collapse=True,
            time_effects=False,
        ),
        panel_var(fields, ["p", "s"]),
        mean_group(fields, "p ~ lag(p) + lag(s)"),
        local_projection(fields, "p", "s", horizon=1),
        juodis_karavias_sarafidis(fields, "p", "s"),
        compare(fits[:2], names=["least squares", "Poisson"]),
    ]
    table = regression_table(several)
    frame = table.to_frame()
    assert frame.columns.tolist() == [
        *(f"({k})" for k in range(1, 9)),
        "least squares",
        "Poisson",
    ]
    assert frame.loc["Response"].tolist() == [
        *("p", "s", "p", "p", "s", "p", "p", "p", "p", "patent_families"),
    ]
    assert set(frame.loc["Entities"]) == {"23"}
    assert all(frame.loc["Model"])
    assert all(column.convention for column in table.columns)
    # a system's equations have their own coefficients and first stages
    system = several[0]
    assert frame.loc["s"].tolist()[0].startswith(f"{system.params['innovation: s']:.3f}")
    assert frame.loc["First-stage F"].tolist()[:2] == [
        f"{f:.3f}" for f in system.first_stage["f"]
    ]
    assert frame.loc["h = 1"].tolist()[6].startswith(f"{several[4].params['h = 1']:.3f}")
    assert frame.loc["AR(2), p"].tolist()[2] == f"{several[1].ar(2).p_value:.3f}"
    assert max(map(len, str(table).splitlines())) <= WIDTH
    assert len(table.plot_data()) == sum(len(c.coefficients) for c in table.columns)
    assert table.plot().get_legend() is not None
    key = "least squares: estimate[lag(p, 1)]"
    assert table.record()[key] == fits[0].params["lag(p, 1)"]


def test_stars_digits_and_labels(fits):
    plain = regression_table(
        fits[0], stars=False, digits=5, labels={"lag(s, 1)": "Standards", "p": "Patents"}
    )
    frame = plain.to_frame()
    assert frame.loc["Standards", "(1)"] == f"{fits[0].params['lag(s, 1)']:.5f}"
    assert frame.loc["Response", "(1)"] == "Patents"
    assert "p < 0.01" not in str(plain)
    marks = regression_table(fits[0]).to_frame()
    assert marks.loc["lag(p, 1)", "(1)"].endswith("***")


def test_latex_is_escaped(fits):
    table = regression_table(
        *fits, caption="Patents & standards_1", labels={"lag(s, 1)": "50 % of a_b"}
    )
    latex = table.to_latex()
    assert r"\caption{Patents \& standards\_1}" in latex
    assert r"50 \% of a\_b & 0.012$^{*}$ & " in latex
    assert r"patent\_families" in latex
    assert r"$<$ 0.01" in latex
    body = latex.split(r"\toprule")[1].split(r"\bottomrule")[0]
    lines = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert len(lines) == len(table.to_frame()) + 1
    assert {line.replace(r"\&", "").count("&") for line in lines} == {3}


def test_negative_numbers_have_a_minus_in_latex(fields):
    fit = ols(fields.assign(n=-fields["s"]), "p ~ lag(n) | entity", small_sample="none")
    assert "$-$" in regression_table(fit).to_latex()


def test_files_hold_the_table(fits, tmp_path):
    docx = pytest.importorskip("docx")
    table = regression_table(*fits, caption="Patents & standards")
    frame = table.to_frame()
    for name in ("table.html", "table.tex", "table.docx"):
        assert table.save(tmp_path / name) == tmp_path / name
    html = (tmp_path / "table.html").read_text(encoding="utf-8")
    assert "Patents &amp; standards" in html
    for cell in frame.to_numpy().ravel():
        assert cell in html
    assert (tmp_path / "table.tex").read_text(encoding="utf-8") == table.to_latex() + "\n"
    document = docx.Document(str(tmp_path / "table.docx"))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[0] == ["", *frame.columns]
    assert [row[1:] for row in rows[1 : 1 + len(frame)]] == frame.to_numpy().tolist()
    assert [row[0] for row in rows[1 : 1 + len(frame)]] == frame.index.tolist()
    assert "Clustered by field" in rows[-1][0]
    assert any("Patents & standards" in p.text for p in document.paragraphs)
    table.save(tmp_path / "table.docx")  # an existing file is replaced


def test_what_cannot_be_tabled(fields, fits, tmp_path):
    with pytest.raises(InputError, match="needs results"):
        regression_table()
    with pytest.raises(InputError, match="CrossSectionDependence has none"):
        regression_table(cross_section_dependence(fields, "p"))
    with pytest.raises(InputError, match="str has none"):
        regression_table(fits[0], "fit")
    with pytest.raises(InputError, match="must hold 2 different names"):
        regression_table(*fits[:2], names=["a", "a"])
    with pytest.raises(InputError, match=r"choose one of '\.html', '\.tex', '\.docx'"):
        regression_table(fits[0]).save(tmp_path / "table.pdf")
    with pytest.raises(InputError, match="does not exist"):
        regression_table(fits[0]).save(tmp_path / "nowhere" / "table.tex")
