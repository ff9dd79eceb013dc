"""One page that answers: a scenario's report and an exact what-if in a single HTML file.

`parameters` says what the page's own engine needs, `sections` what the reader is told, `build` puts
both into one file. The JavaScript in `static` computes what `sim.vote.exact` does; tests hold the
two to the same numbers.
"""

from sim.report.page.build import computed, page_of
from sim.report.page.gallery import GalleryEntry, entry_of, gallery_of, skill_tables, tables_page
from sim.report.page.parameters import parameters_of

__all__ = [
    "GalleryEntry",
    "computed",
    "entry_of",
    "gallery_of",
    "page_of",
    "parameters_of",
    "skill_tables",
    "tables_page",
]
