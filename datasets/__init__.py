"""Data with provenance.

* :func:`available`: what there is, and where it was found;
* :func:`describe`: the codebook of one data set, with its cautions;
* :func:`load`: one data set as a data frame, checked against its codebook;
* :func:`build`: one data set anew, from its publishers' own files;
* :func:`simulate_two_way`: a panel in which innovation and standards drive each other,
  with the truth beside it.
"""

from __future__ import annotations

if __name__ == "datasets":
    raise ImportError(
        "`import datasets` found the source folder of unigauge.datasets because the "
        "repository root is on sys.path. Run from another folder, or use `python -P`."
    )

from unigauge.datasets.building import build
from unigauge.datasets.codebook import Codebook, describe
from unigauge.datasets.loading import available, load
from unigauge.datasets.registry import Column, Dataset
from unigauge.two_way_map import simulate_two_way

__all__ = [
    "Codebook",
    "Column",
    "Dataset",
    "available",
    "build",
    "describe",
    "load",
    "simulate_two_way",
]
