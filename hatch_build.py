"""Show the top-level folders to editable installs as subpackages of unigauge.

A wheel maps ``models/`` to ``unigauge/models``, and so on.  An editable install
only puts ``src`` on the path, so this hook links the folders there for mypy,
pyright and editors.  Imports do not depend on the links: see ``src/unigauge``.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("models", "estimation", "datasets", "papers", "lectures")


class LinkFolders(BuildHookInterface):
    """Create ``src/unigauge/<folder>`` -> ``<folder>`` for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make missing links; warn where the file system refuses them."""
        if version != "editable":
            return
        for folder in FOLDERS:
            target = Path(self.root, folder)
            link = Path(self.root, "src", "unigauge", folder)
            if link.exists():
                continue
            try:
                if sys.platform == "win32":  # a junction needs no privilege
                    import _winapi

                    _winapi.CreateJunction(str(target), str(link))
                else:
                    link.symlink_to(Path("..", "..", folder), target_is_directory=True)
            except OSError as error:
                self.app.display_warning(
                    f"{link} not linked, editors will miss it: {error}"
                )
