"""Messages under test: a service whose city may send to this machine, its receivers, and other processes at the same outbox."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from geo_service.accounts import Grant, create_key
from geo_service.api.wiring import Wiring
from geo_service.clock import FixedClock
from geo_service.db import Database
from geo_service.notify.model import Message
from geo_service.notify.outbox import of_row
from geo_service.notify.tables import message
from geo_service.settings import MessageSettings
from tests import city
from tests.flows.conftest import NOW, Service
from tests.services.receivers import LOOPBACK, Receiver


@dataclass
class PostOffice:
    """A service and who is told by it."""

    service: Service
    receiver: Receiver

    @property
    def wiring(self) -> Wiring:
        wiring: Wiring = self.service.wiring
        return wiring

    def configure(self, **values: Any) -> None:
        """Other settings for messages."""
        self.wiring.settings.messages = MessageSettings(messages_private_networks=LOOPBACK, **values)

    def key(self, name: str, role: str = "operator", area: str | None = None, categories: tuple[str, ...] | None = None) -> dict[str, str]:
        """The headers of a new key."""
        with self.service.database.writing() as connection:
            made = create_key(connection, name=name, role=role, at=NOW, by="test", grant=Grant(role, area, categories))
        return {"Authorization": f"Bearer {made}"}

    def subscribe(self, headers: dict[str, str] | None = None, status: int = 201, **asked: Any) -> dict[str, Any]:
        body = {"channel": "webhook", "address": self.receiver.url, "language": "en", **asked}
        answer = self.service.client.post("/api/v1/subscriptions", json=body, headers=headers or self.service.operator)
        assert answer.status_code == status, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def report(self, x: float = 50, y: float = 50, *, status: int = 201, **more: Any) -> dict[str, Any]:
        lon, lat = city.lonlat(x, y)
        body = {"lon": lon, "lat": lat, "datum": "wgs84", "description": "a hole", "channel": "hotline", **more}
        answer = self.service.client.post("/api/v1/reports", json=body, headers=self.service.operator)
        assert answer.status_code == status, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def messages(self, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = self.service.client.get("/api/v1/messages", params=query, headers=headers or self.service.operator)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def rows(self) -> list[Message]:
        with self.service.database.reading() as connection:
            return [of_row(row) for row in connection.execute(sa.select(message).order_by(message.c.number))]

    def others(self, count: int, at: datetime = NOW) -> Iterator[Wiring]:
        """As many further processes as it were: connections, clock and memory of their own on the same database."""
        for _ in range(count):
            mine = self.wiring
            yield Wiring(mine.settings, Database(self.service.database.url), FixedClock(at))


def together(doing: Callable[[Wiring], int], wirings: list[Wiring]) -> list[int]:
    """Does something in several processes, as it were, at the same moment; what each of them said."""
    said: list[int] = []
    failed: list[BaseException] = []
    begin = threading.Barrier(len(wirings))

    def run(one: Wiring) -> None:
        begin.wait()
        try:
            said.append(doing(one))
        except BaseException as error:
            failed.append(error)
        finally:
            one.database.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in wirings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return said


def without_times(one: Message) -> Message:
    return replace(one, next_at=NOW, leased_until_at=None, lease_owner=None)
