"""Webhooks: signed JSON to a URL, and the group robots of WeCom and DingTalk, which are webhooks of another form."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote_plus

import orjson

from geo_service.notify.exchange import WHOLE_S, Answer, post
from geo_service.notify.model import SENT, Outcome, Outgoing
from geo_service.notify.reach import Network, Resolve, system_resolve
from geo_service.notify.verifying import ID, SIGNATURE, TIMESTAMP, signature

AGAIN = (408, 425, 429)
"""Client errors that pass by themselves."""
_JSON = "application/json; charset=utf-8"


class WebhookSender:
    """POST of {id, kind, position, at, subject, text, case}, signed with the subscription's secret. Any 2xx is an arrival."""

    addressed_by: Literal["url"] = "url"

    def __init__(self, allowed: Sequence[Network] = (), *, resolve: Resolve = system_resolve, whole_s: float = WHOLE_S) -> None:
        self._allowed, self._resolve, self._whole_s = allowed, resolve, whole_s

    def send(self, message: Outgoing) -> Outcome:
        body = orjson.dumps({"id": message.message_id, **message.payload, "subject": message.subject, "text": message.body})
        stamp = str(int(message.at.timestamp()))
        headers = {"Content-Type": _JSON, "User-Agent": "citygrid", ID: message.message_id, TIMESTAMP: stamp}
        if message.secret:
            headers[SIGNATURE] = signature(message.secret, stamp, body)
        return _outcome(self._post(message.address, body, headers))

    def _post(self, url: str, body: bytes, headers: dict[str, str], *, read: bool = False) -> Answer:
        return post(url, body, headers, allowed=self._allowed, resolve=self._resolve, whole_s=self._whole_s, read=read)


class WecomSender(WebhookSender):
    """A group robot of WeCom (企业微信): plain text, at most 2,048 bytes; it says in the body whether it took the message."""

    most_bytes = 2048
    hopeless = frozenset({93000})  # the key in the URL is of no robot

    def send(self, message: Outgoing) -> Outcome:
        text = f"{message.subject}\n{message.body}\n[{message.message_id}]".encode()
        text = text if len(text) <= self.most_bytes else text[: self.most_bytes - 3]
        said = {"msgtype": "text", "text": {"content": text.decode("utf-8", "ignore")}}
        answer = self._post(self._url(message), orjson.dumps(said), {"Content-Type": _JSON, ID: message.message_id}, read=True)
        outcome = _outcome(answer)
        if outcome.why is not None:
            return outcome
        try:
            code = int(orjson.loads(answer.body)["errcode"])
        except (ValueError, KeyError, TypeError):
            return Outcome("robot_unreadable")
        return SENT if code == 0 else Outcome(f"robot_{code}", permanent=code in self.hopeless)

    def _url(self, message: Outgoing) -> str:
        return message.address


class DingtalkSender(WecomSender):
    """A group robot of DingTalk (钉钉), signed its way (加签) where the subscription has a secret."""

    most_bytes = 20_000
    hopeless = frozenset({310000})  # signature, keyword or sender not accepted

    def _url(self, message: Outgoing) -> str:
        if not message.secret:
            return message.address
        stamp = str(int(message.at.timestamp() * 1000))
        digest = hmac.new(message.secret.encode(), f"{stamp}\n{message.secret}".encode(), hashlib.sha256).digest()
        joint = "&" if "?" in message.address else "?"
        return f"{message.address}{joint}timestamp={stamp}&sign={quote_plus(base64.b64encode(digest))}"


def _outcome(answer: Answer) -> Outcome:
    if answer.failed is not None:
        return Outcome(answer.failed, answer.permanent)
    if 200 <= answer.status < 300:
        return SENT
    if 300 <= answer.status < 400:
        return Outcome("redirected", permanent=True)
    return Outcome(f"http_{answer.status}", permanent=400 <= answer.status < 500 and answer.status not in AGAIN)
