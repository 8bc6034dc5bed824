"""Published claims, each a check that can fail.

* :func:`available`: the papers and studies there are;
* :func:`reproduce`: run one and return its claims, tables and figures;
* :class:`Study`: what a paper's ``reproduce.py`` is written with;
* :func:`write_report`: tables, figures, provenance and one page to read.

A paper is a folder ``papers/<key>/`` with four files: ``reproduce.py`` has a
function ``run(out, *, fast=False)``, ``paper.toml`` says what the paper is and
what it reads, ``expected.toml`` lists its claims, ``README.md`` is for people.
"""

from __future__ import annotations

from unigauge.papers.catalogue import available, reproduce
from unigauge.papers.command import script
from unigauge.papers.report import write_report
from unigauge.papers.reproduction import Claim, Figure, Reproduction, Table
from unigauge.papers.study import Study

__all__ = [
    "Claim",
    "Figure",
    "Reproduction",
    "Study",
    "Table",
    "available",
    "reproduce",
    "script",
    "write_report",
]
