"""The ids of the workbench's page; each is written by the callbacks of `callbacks/analyst` alone.

Beside them there are `{"graph"|"table"|"head"|"note"|"cancel"|"copy": panel}` and `{"view": name}`.
"""

from __future__ import annotations

from typing import Final

URL: Final = "url"
"""The query of the address, written by assets/analyst.js alone."""
GO: Final = "go"
"""The query to go to."""
PAGE: Final = "page"
UNIT: Final = "unit"
ASKED: Final = "asked"
"""What is being asked: the query, as of when, and by which page."""
SAID: Final = "said"
RETRY: Final = "retry"
CRUMBS: Final = "crumbs"
AS_OF: Final = "as-of"
REFRESH: Final = "refresh"
AGAINST: Final = "against"
EXPORT: Final = "export"
WHEN: Final = "when"
DATES: Final = "dates"
CHIPS: Final = "chips"
HITS: Final = "hits"
FACETS: Final = "facets"
CARDS: Final = "cards"
TABS: Final = "tabs"
CHARTS: Final = "charts"
ROWS: Final = "rows"
DETAIL: Final = "detail"
DETAIL_CLOSE: Final = "detail-close"
VIEWS: Final = "views"
VIEW_NAME: Final = "view-name"
VIEW_SAVE: Final = "view-save"
VIEW_SAID: Final = "view-said"
