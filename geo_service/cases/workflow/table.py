"""The workflow as one table: in which states an event may happen, to whom it is open, what must hold, and where it leads.

Nothing else decides what may happen to a case. `deciding` looks events up here, `diagram` draws it, the tests walk every row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from geo_service.cases.workflow.state import CaseState

EARLY = ("received", "verifying", "filed")
ACTIVE = ("dispatched", "handling")
OWNED = (*ACTIVE, "checking", "suspended")
OPEN = (*EARLY, *OWNED)
EVERY = (*OPEN, "closed", "evaluated", "not_accepted", "merged", "void")

GRID = ("grid_worker", "micro_grid_leader", "community_secretary", "village_committee")
HANDLERS = ("agency", *GRID, "street_office", "operator")
CENTRE = ("operator", "supervisor")
SITE = ("supervisor", *GRID)
ANYBODY = (*CENTRE, "agency", *GRID, "street_office", "linked_leader", "city_leader", "planner", "administrator", "system")

STAYS = "="
"""Instead of a state: the event does not change it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row. when: names the case of several that this row is for (see WHEN); guards: of `guards`, checked in order; to: state, or STAYS.

    recorded: the kind under which it stands in the log, which also names its effect.
    """

    state: str
    event: str
    roles: tuple[str, ...]
    to: str
    recorded: str
    guards: tuple[str, ...] = ()
    when: str = ""

    @property
    def target(self) -> str:
        return self.state if self.to == STAYS else self.to


WHEN: dict[str, tuple[Callable[[CaseState, Any], bool], str, str]] = {
    "": (lambda state, payload: True, "", ""),
    "passed": (lambda state, payload: bool(payload.passed), "work found done", "核查通过"),
    "failed": (lambda state, payload: not payload.passed and not _on_the_spot(state), "work not done", "核查不通过"),
    "failed on the spot": (
        lambda state, payload: not payload.passed and _on_the_spot(state),
        "not done, nobody had been sent to it",
        "核查不通过（现场自行处置）",
    ),
    "has an owner": (lambda state, payload: _owned(state), "it has an owner", "有责任单位"),
    "was filed": (
        lambda state, payload: not _owned(state) and state.filed_at is not None,
        "it was filed, nobody has it",
        "已立案、无责任单位",
    ),
    "was not filed": (lambda state, payload: not _owned(state) and state.filed_at is None, "it was never filed", "未曾立案"),
    "from dispatched": (lambda state, payload: state.suspended_from == "dispatched", "not signed for yet", "挂账前已派遣"),
    "from handling": (lambda state, payload: state.suspended_from != "dispatched", "was being handled", "挂账前处置中"),
}
"""name -> (condition on case and payload, en, zh). The conditions of one event in one state exclude one another and leave nothing out."""


def _on_the_spot(state: CaseState) -> bool:
    """Whoever came by dealt with it: the case was not theirs, so it goes back to the centre, with the ruling it may wait for."""
    return state.ending == "self_resolved"


def _owned(state: CaseState) -> bool:
    return state.owner is not None and not _on_the_spot(state)


def _rows(
    states: tuple[str, ...], event: str, roles: tuple[str, ...], to: str, recorded: str, *guards: str, when: str = ""
) -> tuple[Row, ...]:
    return tuple(Row(state, event, roles, to, recorded, guards, when) for state in states)


_SENT = ("ruling_needed", "owner_among_cohandlers", "due_needed", "clock_never_resets", "marks_out_of_order")
_APPROVER = (*CENTRE, "city_leader")
_CONVENERS = (*CENTRE, *GRID, "street_office", "system")  # the system: by the entry rules
_RULER = (*_APPROVER, "system")  # the system: what the lead of a consultation ruled
_FILED = ("category_needed", "grid_needed", "verification_open", "not_found_on_site")
_LATER = ("not_the_owner", "extension_asked_already", "no_more_extensions", "extension_not_later")
_GRANTED = ("no_extension_asked", "approves_own_extension", "granted_not_later", "marks_out_of_order")
_RESUMED = ("resumed_due_needed", "marks_out_of_order")
_AGAIN = ("too_late_to_reopen", "reopen_due_needed", "marks_out_of_order")
_ANEW = ("too_late_to_reopen", "reopen_due_passed", "marks_out_of_order")
_SUCCESSOR = ("hands_over_to_same", "successor_is_cohandler")

TABLE: tuple[Row, ...] = (
    # receive and verify
    *_rows(("received",), "verify_on_site", CENTRE, "verifying", "verification_asked"),
    *_rows(("verifying",), "report_on_site", (*SITE, "operator"), STAYS, "verified"),
    *_rows(("received", "verifying"), "file", ("operator",), "filed", "filed", *_FILED),
    *_rows(EARLY, "not_accept", ("operator",), "not_accepted", "not_accepted"),
    *_rows((*EARLY, "dispatched"), "merge", ("operator",), "merged", "merged", "merge_into_itself"),
    *_rows(EARLY, "advise", ("operator", *GRID, "street_office"), "closed", "advised", "not_personal"),
    *_rows(EARLY, "self_resolve", GRID, "checking", "self_resolved", "category_needed", "grid_needed"),
    # dispatch
    *_rows(("filed",), "dispatch", ("operator",), "dispatched", "dispatched", *_SENT),
    *_rows(("filed", *ACTIVE), "rule", _RULER, "dispatched", "ruled", "no_ruling_called_for", "ruling_stands", *_SENT[1:]),
    *_rows(("dispatched",), "sign", HANDLERS, "handling", "accepted", "not_the_owner"),
    *_rows(ACTIVE, "return", HANDLERS, "filed", "returned", "not_the_owner", "ruling_final", "proposes_itself"),
    *_rows(ACTIVE, "assign_cohandlers", ("operator",), STAYS, "cohandlers_assigned", "owner_among_cohandlers"),
    *_rows(OWNED, "hand_over", ("operator", "administrator", "system"), STAYS, "handed_over", *_SUCCESSOR),
    # handle and feed back
    *_rows(ACTIVE, "complete_part", HANDLERS, STAYS, "part_completed", "not_a_cohandler"),
    *_rows(("handling",), "feed_back", HANDLERS, "checking", "handled", "not_the_owner", "parts_open"),
    *_rows(ACTIVE, "request_extension", HANDLERS, STAYS, "extension_asked", *_LATER),
    *_rows(ACTIVE, "approve_extension", _APPROVER, STAYS, "extended", *_GRANTED),
    *_rows(ACTIVE, "deny_extension", _APPROVER, STAYS, "extension_denied", "no_extension_asked", "approves_own_extension"),
    *_rows(ACTIVE, "request_suspension", HANDLERS, STAYS, "suspension_asked", "not_the_owner", "suspension_asked_already"),
    *_rows(ACTIVE, "suspend", _APPROVER, "suspended", "suspended", "no_suspension_asked", "approves_own_suspension"),
    *_rows(ACTIVE, "deny_suspension", _APPROVER, STAYS, "suspension_denied", "no_suspension_asked", "approves_own_suspension"),
    *_rows(("suspended",), "resume", _APPROVER, "dispatched", "resumed", *_RESUMED, when="from dispatched"),
    *_rows(("suspended",), "resume", _APPROVER, "handling", "resumed", *_RESUMED, when="from handling"),
    # verify and close
    *_rows(("checking",), "check", SITE, STAYS, "checked", "verifier_is_handler", when="passed"),
    *_rows(("checking",), "check", SITE, "handling", "reworked", "verifier_is_handler", when="failed"),
    *_rows(("checking",), "check", SITE, "filed", "reworked", "verifier_is_handler", when="failed on the spot"),
    *_rows(("checking",), "rework", CENTRE, "handling", "reworked", "verifier_is_handler", "not_dispatched"),
    *_rows(("checking",), "close", ("supervisor",), "closed", "closed", "verifier_is_handler", "not_checked"),
    *_rows(("closed", "evaluated"), "reopen", CENTRE, "handling", "reopened", *_AGAIN, when="has an owner"),
    *_rows(("closed", "evaluated"), "reopen", CENTRE, "filed", "reopened", *_ANEW, when="was filed"),
    *_rows(("closed", "evaluated"), "reopen", CENTRE, "received", "reopened", *_ANEW, when="was not filed"),
    *_rows(("not_accepted", "merged"), "reopen", CENTRE, "received", "reopened", *_ANEW),
    # evaluate and use the result
    *_rows(("closed",), "evaluate", CENTRE, "evaluated", "evaluated", "not_evaluable"),
    *_rows(("evaluated",), "apply_result", (*CENTRE, "community_secretary", "street_office"), STAYS, "result_applied"),
    # affairs of the community, hard matters
    *_rows(("filed", *ACTIVE), "deliberate", (*GRID, "street_office", "operator"), STAYS, "deliberated", "not_community"),
    *_rows(("filed", *ACTIVE, "suspended"), "consult", _CONVENERS, STAYS, "consulted", "tier_out_of_order"),
    # beside the way
    *_rows(OPEN, "supervise", (*CENTRE, "linked_leader", "city_leader"), STAYS, "supervised"),
    *_rows(OWNED, "reply_supervision", HANDLERS, STAYS, "supervision_replied", "not_the_owner", "nothing_to_reply_to"),
    *_rows(OPEN, "request_void", ("operator",), STAYS, "void_asked", "void_asked_already"),
    *_rows(OPEN, "void", _APPROVER, "void", "voided", "no_void_asked", "approves_own_void"),
    *_rows(OPEN, "deny_void", _APPROVER, STAYS, "void_denied", "no_void_asked", "approves_own_void"),
    *_rows(OPEN, "correct_routing", CENTRE, STAYS, "routing_corrected"),
    *_rows(OPEN, "recategorise", ("operator",), STAYS, "recategorised"),
    *_rows(EVERY, "note", ANYBODY, STAYS, "noted"),
)  # fmt: skip  # a row of the table is a line
