"""Cases: what a report becomes. A case is the fold of its events; the row is kept beside it so that lists are fast."""

from geo_service.cases.finding import CaseFilter, cases_page, count_cases, open_case_counts
from geo_service.cases.model import STATES, Case, Reporter, Routing
from geo_service.cases.progress import fold_case
from geo_service.cases.repository import case, open_new

__all__ = [
    "STATES",
    "Case",
    "CaseFilter",
    "Reporter",
    "Routing",
    "case",
    "cases_page",
    "count_cases",
    "fold_case",
    "open_case_counts",
    "open_new",
]
