"""The ways out: a protocol, those that come with the program, and those a package adds (entry points `citygrid.senders`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Literal, Protocol

from geo_service.errors import RequestError
from geo_service.notify.exchange import unusable
from geo_service.notify.file_sender import FileSender
from geo_service.notify.mail_sender import MailSender
from geo_service.notify.model import Outcome, Outgoing
from geo_service.notify.reach import networks
from geo_service.notify.webhooks import DingtalkSender, WebhookSender, WecomSender

if TYPE_CHECKING:  # settings speak pydantic, which nothing down here does
    from geo_service.settings import MessageSettings

Addressed = Literal["phone", "email", "url", "text"]
GROUP = "citygrid.senders"


class Sender(Protocol):
    """Takes one message to its address. addressed_by: what an address of this channel is.

    `send` may be called from several threads at once, and again with the same message_id: what a receiver knows a double by goes with the
    message. It returns within seconds, and what it returns names no address. Whatever it raises is a failure, to be tried again.
    """

    @property
    def addressed_by(self) -> Addressed: ...

    def send(self, message: Outgoing) -> Outcome: ...


@cache
def _added() -> Mapping[str, Callable[[], Sender]]:
    return {entry.name: entry.load() for entry in entry_points(group=GROUP)}


def senders(settings: MessageSettings) -> dict[str, Sender]:
    """channel -> its sender, as far as this installation can use it."""
    allowed = networks(settings.messages_private_networks)
    found: dict[str, Sender] = {
        "webhook": WebhookSender(allowed),
        "wecom": WecomSender(allowed),
        "dingtalk": DingtalkSender(allowed),
    }
    if settings.smtp_host:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        found["email"] = MailSender(
            settings.smtp_host,
            settings.smtp_port,
            security=settings.smtp_security,
            user=settings.smtp_user,
            password=password,
            sender=settings.smtp_from,
        )
    found |= {name: make() for name, make in _added().items()}
    if settings.messages_file is not None:
        for channel in settings.messages_file_channels:
            found[channel] = FileSender(settings.messages_file, ADDRESSED.get(channel, "text"))
    return found


ADDRESSED: Mapping[str, Addressed] = {"sms": "phone", "email": "email", "webhook": "url", "wecom": "url", "dingtalk": "url"}
_FORMS = {
    "phone": re.compile(r"\+?[0-9][0-9 \-]{2,27}"),
    "email": re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?"),
    "text": re.compile(r"[^\x00-\x1f\x7f]{1,80}"),
}


def require_address(settings: MessageSettings, channel: str, address: str, *, field: str, for_reporter: bool = False) -> None:
    """RequestError for a channel this installation has no sender for, and for an address that is none of the channel's kind.

    for_reporter: whoever reports may name a phone, a mailbox or what an added channel takes, but no URL: that could be anything.
    """
    known = senders(settings)
    usable = sorted(name for name, sender in known.items() if not (for_reporter and sender.addressed_by == "url"))
    if channel not in usable:
        raise RequestError(
            "channel_unavailable",
            en="messages cannot be sent by {channel!r} here; possible: {known}",
            zh="本系统无法通过 {channel!r} 发送消息；可用：{known}",
            channel=channel[:20],
            known=", ".join(usable) or "-",
            field=f"{field}channel",
        )
    kind = known[channel].addressed_by
    if kind == "url":
        wrong = unusable(address, networks(settings.messages_private_networks))
        if wrong == "refused_address":
            raise RequestError(
                "refused_address",
                en="messages are not sent to private, loopback or link-local addresses unless the settings allow it",
                zh="未经配置允许，不向内网、本机或链路本地地址发送消息",
                field=f"{field}address",
            )
        good = wrong is None
    else:
        good = _FORMS[kind].fullmatch(address) is not None
    if not good:
        raise RequestError("bad_address", en="this is no {kind}", zh="地址格式有误（应为 {kind}）", kind=kind, field=f"{field}address")
