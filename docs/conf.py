"""Settings of Sphinx: `python -m sphinx -W -b html docs build/docs`, without a network."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from sim import __version__  # noqa: E402

project = "llmsim"
author = "the authors of llmsim"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "written_pages", "docstrings"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = "llmsim"
html_theme_options = {"source_repository": "", "navigation_with_keys": True}
html_show_sourcelink = False
html_show_sphinx = False
