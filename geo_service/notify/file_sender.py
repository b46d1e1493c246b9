"""Messages as lines of a file: for tests, and for places where another program carries them on."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Literal

import orjson

from geo_service.notify.model import SENT, Outcome, Outgoing

_WRITING = threading.Lock()


class FileSender:
    """Appends each message as one JSON line and waits until the disk has it. The file is readable by its owner alone."""

    def __init__(self, path: Path, addressed_by: Literal["phone", "email", "url", "text"]) -> None:
        self._path = path
        self.addressed_by: Literal["phone", "email", "url", "text"] = addressed_by

    def send(self, message: Outgoing) -> Outcome:
        line = {
            "id": message.message_id,
            "channel": message.channel,
            "address": message.address,
            "language": message.language,
            "subject": message.subject,
            "body": message.body,
            "payload": message.payload,
            "at": message.at,
        }
        try:
            with _WRITING:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, orjson.dumps(line) + b"\n")  # one write, so that lines of several processes stay whole
                    os.fsync(handle)
                finally:
                    os.close(handle)
        except OSError:
            return Outcome("file_not_written")
        return SENT
