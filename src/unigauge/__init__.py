"""unigauge: the economics of standards, in games, panels, data and papers.

Five wings, each importable on its own:

* :mod:`unigauge.models`: games in which governments and firms choose standards;
* :mod:`unigauge.estimation`: panel estimators that ask which way influence runs;
* :mod:`unigauge.datasets`: data with provenance;
* :mod:`unigauge.papers`: published claims, each a check that can fail;
* :mod:`unigauge.lectures`: each model taught in one page.

They stand on :mod:`unigauge.errors`, :mod:`unigauge.results`, :mod:`unigauge.sweeps` and
:mod:`unigauge.two_way_map`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "datasets",
    "estimation",
    "lectures",
    "models",
    "papers",
    "sweeps",
]

# An editable install puts only ``src`` on the path.  Where the links that
# ``hatch_build.py`` makes are missing, look for the wings beside ``src``.
_beside_src = Path(__file__).resolve().parents[2]
if not Path(__file__).with_name("models").exists() and (_beside_src / "models").is_dir():
    __path__.append(str(_beside_src))

if TYPE_CHECKING:
    from unigauge import datasets, estimation, lectures, models, papers, sweeps
else:

    def __getattr__(name):
        if name in __all__:
            from importlib import import_module

            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
