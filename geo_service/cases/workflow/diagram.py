"""The workflow drawn from its table, for ARCHITECTURE.md: never drawn by hand."""

from __future__ import annotations

from geo_service.cases.model import STATES
from geo_service.cases.workflow.table import STAYS, TABLE, WHEN, Row
from geo_service.cases.workflow.words import ROLES

BEGIN, END = "<!-- workflow: drawn by geo_service.cases.workflow.diagram -->", "<!-- workflow: end -->"


def diagram() -> str:
    """Markdown: a Mermaid chart of the events that change the state, and a table of every event with its states, roles and guards."""
    return "\n".join([BEGIN, *_chart(), "", *_events(), END, ""])


def _chart() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> received"]
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        if row.to != STAYS:
            arrows.setdefault((row.state, row.to), []).append(row.event + (f" ({WHEN[row.when][1]})" if row.when else ""))
    lines += [f"    {state} --> {to}: {', '.join(events)}" for (state, to), events in arrows.items()]
    return [*lines, "```"]


def _events() -> list[str]:
    lines = ["| event | in the states | leads to | recorded as | open to | what must hold |", "|---|---|---|---|---|---|"]
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for row in TABLE:
        grouped.setdefault((row.event, row.when, row.to), []).append(row)
    everywhere = len(STATES)
    for (event, when, to), rows in grouped.items():
        states = "every state" if len(rows) == everywhere else ", ".join(row.state for row in rows)
        roles = "everybody" if len(rows[0].roles) == len(ROLES) else ", ".join(ROLES[role][1] for role in rows[0].roles)
        name = f"`{event}`" + (f" ({WHEN[when][1]})" if when else "")
        target = "(stays)" if to == STAYS else to
        guards = ", ".join(f"`{guard}`" for guard in rows[0].guards) or "–"
        lines.append(f"| {name} | {states} | {target} | `{rows[0].recorded}` | {roles} | {guards} |")
    return lines
