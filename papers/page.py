"""The page of a report: HTML without scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import Any

from unigauge.papers.reproduction import KINDS, Claim, Figure, Reproduction, Table
from unigauge.results import html_table

__all__ = ["page"]

ROWS = 100
"""Rows of a table that the page shows; the file has all."""


def page(papers: Sequence[Reproduction], provenance: Mapping[str, Any]) -> str:
    """Return the page.

    Parameters
    ----------
    papers : sequence of Reproduction
        In the order in which they are to be shown.
    provenance : mapping
        As from :func:`unigauge.papers.report.environment`.
    """
    claims = [claim for paper in papers for claim in paper.claims]
    headline = escape(_headline(claims))
    style = (files("unigauge.papers") / "report.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>unigauge: {headline}</title>
<style>
{style}</style>
</head>
<body>
<header>
<p class="eyebrow">unigauge report</p>
<h1>{headline}</h1>
<p class="lede">{escape(_lede(papers, claims, provenance))}</p>
{_track(papers)}
</header>
<main>
{_attention(papers)}
{_contents(papers)}
{_join(map(_paper, papers))}
{_origins(papers, provenance)}
</main>
</body>
</html>
"""


def _join(parts: Iterable[str]) -> str:
    return "\n".join(parts)


# ---------------------------------------------------------------------------
# The head: how many claims came out, and which did not


def _counts(claims: Iterable[Claim]) -> tuple[int, int, int]:
    """Return how many claims came out as expected, were to be run, were not run."""
    outcomes = [claim.as_expected for claim in claims]
    return outcomes.count(True), len(outcomes) - outcomes.count(None), outcomes.count(None)


def _number_of(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _headline(claims: Sequence[Claim]) -> str:
    right, run, _ = _counts(claims)
    if run == 0:
        return "No claim was run"
    whole = _number_of(run, "claim")
    if right < run:
        return f"{right} of {whole} came out as expected"
    return f"{'All ' if run > 1 else ''}{whole} came out as expected"


def _lede(
    papers: Sequence[Reproduction], claims: Sequence[Claim], provenance: Mapping[str, Any]
) -> str:
    """Say in a few sentences what was run, and what the headline leaves out."""
    seconds = round(sum(paper.seconds for paper in papers))
    duration = _number_of(seconds, "second") if seconds else "less than a second"
    day = datetime.fromisoformat(provenance["time"])
    ours = sum(claim.kind == "ours" for claim in claims)
    differing = sum(claim.verdict == "differs" for claim in claims)
    absent = _counts(claims)[2]
    simulated = sum(paper.provenance.get("simulated", False) for paper in papers)
    sentences = {
        f"{_number_of(len(papers), 'paper')}, run in {duration} on {day.day} "
        f"{day:%B %Y}.": True,
        f"{_number_of(simulated, 'paper')} ran on a simulated twin, not on data.": simulated,
        f"{ours} of the claims {'is' if ours == 1 else 'are'} our own and no "
        "replication.": ours,
        f"{_number_of(differing, 'number')} differ{'s' if differing == 1 else ''} from "
        "the paper's, for a reason on record.": differing,
        f"{_number_of(absent, 'claim')} could not be run.": absent,
        "This was a fast run, with fewer draws or worlds than a full one.": any(
            paper.provenance["fast"] for paper in papers
        ),
    }
    return " ".join(sentence for sentence, applies in sentences.items() if applies)


_VERDICTS = {
    "holds": ("good", "&#10003;", "Holds"),
    "refuted": ("good", "&#10003;", "Refuted, as expected"),
    "differs": ("known", "&ne;", "Differs, as on record"),
    "WRONG": ("bad", "&#10007;", "Not as expected"),
    "lost": ("bad", "&#10007;", "Lost to an error"),
    "not run": ("absent", "&ndash;", "Not run"),
}
"""Class, mark and words for each verdict."""


def _anchor(paper: Reproduction, claim: Claim) -> str:
    return f"{paper.key}-{claim.id}"


def _track(papers: Sequence[Reproduction]) -> str:
    """Draw the claims as the sleepers of a railway; where one fails, the rails stop."""

    def sleeper(paper: Reproduction, claim: Claim) -> str:
        shade, _, words = _VERDICTS[claim.verdict]
        label = escape(f"{words}: {claim.statement}")
        return (
            f'<a class="{shade}" href="#{_anchor(paper, claim)}" title="{label}" '
            f'aria-label="{label}"></a>'
        )

    sleepers = [sleeper(paper, claim) for paper in papers for claim in paper.claims]
    return f'<nav class="track" aria-label="All claims">\n{_join(sleepers)}\n</nav>'


def _attention(papers: Sequence[Reproduction]) -> str:
    """List what did not come out, first thing on the page."""
    items = []
    for paper in papers:
        if paper.error:
            items.append(
                f'<li><a href="#{paper.key}">{escape(paper.title)}</a>: the run ended '
                f"with an error. <code>{escape(paper.error)}</code></li>"
            )
        items += [
            f'<li><a href="#{_anchor(paper, claim)}">{escape(claim.statement)}</a> '
            f"{_prose(claim.explanation())}</li>"
            for claim in paper.claims
            if claim.verdict == "WRONG"
        ]
    if not items:
        return ""
    return f"""<section class="attention">
<h2>What did not come out</h2>
<ul>
{_join(items)}
</ul>
</section>"""


def _contents(papers: Sequence[Reproduction]) -> str:
    if len(papers) < 2:
        return ""
    entries = (
        f'<li><a href="#{paper.key}">{escape(paper.title)}</a> '
        f"<span>{_score(paper)}</span></li>"
        for paper in papers
    )
    return f"""<nav class="contents" aria-label="Papers">
<ol>
{_join(entries)}
</ol>
</nav>"""


# ---------------------------------------------------------------------------
# One paper


def _score(paper: Reproduction) -> str:
    right, run, absent = _counts(paper.claims)
    score = f"{right} of {run} as expected"
    return f"{score}, {absent} not run" if absent else score


def _paper(paper: Reproduction) -> str:
    claims = _join(_claim(paper, claim) for claim in paper.claims)
    figures = _join(_figure(paper, figure) for figure in paper.figures)
    tables = _join(_table(paper, table) for table in paper.tables)
    return f"""<article id="{paper.key}">
<h2>{escape(paper.title)}</h2>
<p class="citation">{escape(paper.citation)}</p>
{_paragraphs(paper.scope)}
<p class="score">{_score(paper)} &middot; {paper.seconds:.1f} s &middot;
<code>unigauge reproduce {paper.key}</code></p>
{_error(paper)}
{f'<h3>Claims</h3><ol class="claims">{claims}</ol>' if claims else ""}
{f"<h3>Figures</h3>{figures}" if figures else ""}
{f"<h3>Tables</h3>{tables}" if tables else ""}
</article>"""


def _paragraphs(text: str) -> str:
    return _join(f"<p>{escape(part.strip())}</p>" for part in text.strip().split("\n\n"))


def _error(paper: Reproduction) -> str:
    if not paper.error:
        return ""
    return f"""<p class="error">The run ended with an error.
<code>{escape(paper.error)}</code>
The whole traceback is in <code>{paper.key}/error.txt</code>.</p>"""


def _claim(paper: Reproduction, claim: Claim) -> str:
    shade, mark, words = _VERDICTS[claim.verdict]
    said = " ".join(filter(None, [claim.explanation(), claim.note]))
    number = _prose(claim.number())
    return f"""<li id="{_anchor(paper, claim)}" class="{shade}">
<span class="mark" aria-hidden="true">{mark}</span>
<p class="statement">{_prose(claim.statement)}</p>
{f'<p class="number"><b>{number}</b> {_prose(claim.measure)}</p>' if number else ""}
{f'<p class="said">{_prose(said)}</p>' if said else ""}
<p class="source"><b>{words}</b> &middot;
<abbr title="{escape(KINDS[claim.kind])}">{claim.kind}</abbr> &middot;
{escape(claim.source)} &middot; <code>{claim.id}</code></p>
</li>"""


def _prose(text: str) -> str:
    """Escape text, and set its numbers with minus signs and powers of ten."""

    def number(found: re.Match[str]) -> str:
        sign, digits, power = found.groups()
        power = power and str(int(power)).replace("-", "&minus;")
        raised = f"&#8239;&times;&#8239;10<sup>{power}</sup>" if power else ""
        return ("&minus;" if sign else "") + digits + raised

    plain = escape(text, quote=False)
    return re.sub(r"(?<![\w.-])(-?)(\d[\d.]*)(?:e([+-]\d+))?\b", number, plain)


def _figure(paper: Reproduction, figure: Figure) -> str:
    picture = base64.b64encode(figure.png).decode("ascii")
    links = _links(
        paper, "figures", figure.name, {"PNG": "png", "PDF": "pdf", "data": "csv"}
    )
    return f"""<figure>
<img src="data:image/png;base64,{picture}" alt="{escape(figure.alt)}">
<figcaption>{_prose(figure.caption)} {links}</figcaption>
</figure>"""


def _table(paper: Reproduction, table: Table) -> str:
    label = f"{paper.key}-table-{table.name}"
    links = _links(paper, "tables", table.name, {"CSV": "csv", "LaTeX": "tex"})
    rows = len(table.frame)
    cut = f" The first {ROWS} of {rows} rows." if rows > ROWS else ""
    return f"""<figure>
<figcaption id="{label}">{_prose(table.caption)}{cut} {links}</figcaption>
<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}">
{html_table(table.frame.head(ROWS))}
</div>
</figure>"""


def _links(paper: Reproduction, folder: str, name: str, forms: Mapping[str, str]) -> str:
    """Link the files that were written for a table or figure."""
    links = [
        f'<a href="{paper.key}/{folder}/{name}.{ending}">{label}</a>'
        for label, ending in forms.items()
        if f"{folder}/{name}.{ending}" in paper.provenance["files"]
    ]
    return f'<span class="files">{" &middot; ".join(links)}</span>' if links else ""


# ---------------------------------------------------------------------------
# The end: where everything comes from


def _origins(papers: Sequence[Reproduction], provenance: Mapping[str, Any]) -> str:
    packages = (f"{name} {version}" for name, version in provenance["packages"].items())
    software = (
        f"unigauge {provenance['unigauge']}",
        f"Python {provenance['python']}",
        provenance["platform"],
    )
    seeds = (f"{p.key} {p.provenance['seed']}" for p in papers if "seed" in p.provenance)
    data = {
        f"Data: {name}": f"{source['citation']} Licence: {source['licence']}. "
        f"sha256 {source['sha256']}"
        for paper in papers
        for name, source in paper.provenance["datasets"].items()
    }
    facts = {
        "Time": f"{datetime.fromisoformat(provenance['time']):%Y-%m-%d %H:%M} UTC",
        "Software": ", ".join(software),
        "Packages": ", ".join(packages),
        "Seeds": ", ".join(seeds),
        **data,
    }
    return f"""<section id="provenance">
<h2>Where this comes from</h2>
{_definitions(facts)}
<p>The hashes of all files are in <code>provenance.json</code>.</p>
<h3>Kinds of claims</h3>
{_definitions(KINDS)}
</section>"""


def _definitions(entries: Mapping[str, str]) -> str:
    pairs = (
        f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>"
        for term, text in entries.items()
        if text
    )
    return f"<dl>\n{_join(pairs)}\n</dl>"
