"""One action on many cases: each in a transaction of its own, by the same rules as one alone, with an answer of its own.

So nobody waits for two hundred cases at once, and a case that is refused keeps no other from being done. A dry run does the same and
commits nothing: what it says is what would be answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from boundaries.errors import BoundariesError
from geo_service import idempotency
from geo_service.accounts import Actor, scope
from geo_service.cases import Case
from geo_service.cases.visible import visible_case
from geo_service.db import Database
from geo_service.errors import ConflictError, NotFoundError, RequestError
from geo_service.flows.dispatch.acting import act, known_event
from geo_service.flows.dispatch.asking import scope_of
from geo_service.flows.dispatch.bulk_schemas import BulkAsked, BulkCase, BulkItem, UndoOut
from geo_service.flows.dispatch.undoing import NEVER_IN_BULK, undo_of
from geo_service.published import Published
from geo_service.workers.repository import owner_names


class _OnlyAskedError(Exception):
    """Ends a dry run's transaction without committing it."""


@dataclass(frozen=True)
class Bulk:
    """One action for many cases. key: of idempotency, None without one; each case has it for itself."""

    database: Database
    published: Published
    asked: BulkAsked
    actor: Actor
    language: str
    now: datetime
    dry_run: bool = False
    key: str | None = None

    def run(self) -> list[BulkItem]:
        """An answer for each case. NotFoundError for no such action, RequestError for one that is not for many, or a case named twice."""
        known_event(self.asked.action)
        if self.asked.action in NEVER_IN_BULK:
            raise RequestError(
                "not_in_bulk",
                en="{action} is done to one case at a time",
                zh="操作 {action} 只能逐件办理",
                action=self.asked.action,
                field="action",
            )
        ids = [one.case_id for one in self.asked.cases]
        if len(set(ids)) < len(ids):
            raise RequestError("case_twice", en="a case is named twice", zh="同一案件重复出现", field="cases")
        return [self._one(one) for one in self.asked.cases]

    def _one(self, one: BulkCase) -> BulkItem:
        found: list[BulkItem] = []
        try:
            with self.database.writing() as connection:
                found.append(self._done(connection, one))
                if self.dry_run:
                    raise _OnlyAskedError
        except _OnlyAskedError:
            pass
        except BoundariesError as refused:
            return self._refused(one, refused)
        return found[0]

    def _done(self, connection: Connection, one: BulkCase) -> BulkItem:
        event, said = self.asked.action, {**self.asked.payload, **one.payload}
        earlier = None if self.dry_run else self._earlier(connection, one, said)
        if earlier is not None:
            return earlier
        before = visible_case(connection, one.case_id, scope(self.actor, "cases.act"))
        after = act(connection, self.published, one.case_id, event, said, expected_version=one.version, actor=self.actor, now=self.now)
        item = self._item(connection, before, after)
        if self.key is not None and not self.dry_run:
            response = item.model_dump(mode="json")
            idempotency.remember(connection, scope=self._scope(one), key=self._key(one), status=200, response=response)
        return item

    def _item(self, connection: Connection, before: Case, after: Case) -> BulkItem:
        back = undo_of(self.asked.action, before, reason="撤销批量操作" if self.language.startswith("zh") else "bulk action undone")
        names = owner_names(connection, [after.owner] if after.owner else [], at=self.now, language=self.language)
        return BulkItem(
            case_id=after.case_id,
            tracking_number=after.tracking_number,
            ok=True,
            version=after.version,
            state=after.state,
            owner=after.owner,
            owner_name=names.get(after.owner) if after.owner else None,
            due_at=after.due_at,
            code=None,
            message=None,
            undo=UndoOut(action=back[0], payload=back[1]) if back else None,
        )

    def _refused(self, one: BulkCase, refused: BoundariesError) -> BulkItem:
        tongue = "zh" if self.language.startswith("zh") else "en"
        parts = [part.text(tongue) for part in refused.items] or [refused.text(tongue)]
        return BulkItem(
            case_id=one.case_id,
            tracking_number=None if isinstance(refused, NotFoundError) else self._number(one.case_id),
            ok=False,
            version=None,
            state=None,
            owner=None,
            owner_name=None,
            due_at=None,
            code=refused.code,
            message="；".join(parts) if tongue == "zh" else "; ".join(parts),
            undo=None,
        )

    def _number(self, case_id: int) -> str | None:
        try:
            with self.database.reading() as connection:
                return visible_case(connection, case_id, scope(self.actor, "cases.act")).tracking_number
        except NotFoundError:
            return None

    def _earlier(self, connection: Connection, one: BulkCase, said: dict[str, Any]) -> BulkItem | None:
        """What this case was answered when the key came first."""
        if self.key is None:
            return None
        digest = idempotency.digest(orjson.dumps([self.asked.action, said, one.version], option=orjson.OPT_SORT_KEYS))
        earlier = idempotency.claim(connection, scope=self._scope(one), key=self._key(one), request_digest=digest, at=self.now)
        if earlier is None:
            return None
        if earlier.request_digest != digest:
            raise ConflictError(
                "key_reused", en="this Idempotency-Key came with another body before", zh="该 Idempotency-Key 已用于不同的请求体"
            )
        return BulkItem.model_validate(earlier.response)

    def _scope(self, one: BulkCase) -> str:
        return scope_of(self.actor, f"bulk/{one.case_id}/{self.asked.action}")

    def _key(self, one: BulkCase) -> str:
        return f"{self.key}/{one.case_id}"
