"""How the site is built: ``sphinx-build -W docs site``, with the extra `docs`."""

import sim

project = "unga-sim"
author = "the unga-sim maintainers"
release = version = sim.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxcontrib.mermaid",
]
myst_fence_as_directive = ["mermaid"]
html_theme = "pydata_sphinx_theme"
html_title = "unga-sim"
html_theme_options = {"show_toc_level": 2, "secondary_sidebar_items": ["page-toc"]}
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "none"
napoleon_numpy_docstring = True
exclude_patterns = ["**/README.md"]
# Pages also link to files outside the site, and show a file to save as such.
suppress_warnings = ["myst.xref_missing", "myst.header", "misc.highlighting_failure"]
