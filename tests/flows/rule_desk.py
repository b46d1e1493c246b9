"""Whoever keeps the rules, and their tables as lines of cells."""

import csv
import io
from typing import Any

from geo_service.accounts import create_key
from tests.flows.running import NOW, Service

Lines = list[list[str]]


class Desk:
    """Whoever keeps the rules, with an administrator's key."""

    def __init__(self, service: Service) -> None:
        self.service = service
        with service.database.writing() as connection:
            key = create_key(connection, name="rules 1", role="administrator", at=NOW, by="test")
        self.headers = {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **params: Any) -> Any:
        answer = self.service.client.get(f"/api/v1/rules{path}", params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer

    def table(self, kind: str) -> Lines:
        """The exported CSV as cells: mark, heading, rows."""
        return list(csv.reader(io.StringIO(self.get(f"/{kind}", format="csv").content.decode("utf-8-sig"))))

    def send(self, kind: str, data: bytes | Lines, *, status: int = 200, **params: Any) -> Any:
        if not isinstance(data, bytes):
            out = io.StringIO()
            csv.writer(out).writerows(data)
            data = out.getvalue().encode()
        answer = self.service.client.post(f"/api/v1/rules/{kind}", params=params, content=data, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def version(self, kind: str) -> int:
        return int(self.get(f"/{kind}").json()["version"])
