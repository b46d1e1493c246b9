"""Texts: closed placeholders, nothing executed, no value that could be more than text; and mails made of them."""

import datetime as dt
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import orjson
import pytest

from geo_service.cases.workflow.table import TABLE
from geo_service.errors import RequestError
from geo_service.notify import Outgoing
from geo_service.notify.file_sender import FileSender
from geo_service.notify.mail_sender import MailSender
from geo_service.notify.model import ATTEMPTS, masked_address, next_try
from geo_service.notify.wording import LANGUAGES, Template, chosen, event_names, plain, require_text, shipped, written

AT = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)
EVIL = "x\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>\u202e\x00{reporter}"


def template(subject: str = "s", body: str = "b") -> Template:
    return Template("staff", "filed", "en", subject, body)


def test_every_shipped_text_is_good_and_there_in_both_languages() -> None:
    for text in shipped().values():
        require_text(text)
    assert {(audience, kind) for audience, kind, _ in shipped()} == {(a, k) for a, k, language in shipped() if language == "en"}


def test_every_kind_of_event_has_a_name() -> None:
    assert {row.recorded for row in TABLE} <= set(event_names())


@pytest.mark.parametrize(
    ("subject", "body", "code"),
    [
        ("{nobody}", "b", "unknown_placeholder"),
        ("s", "{address.__class__}", "unknown_placeholder"),
        ("s", "{0}", "unknown_placeholder"),
        ("s", "{state!r}", "unknown_placeholder"),
        ("s", "{}", "unknown_placeholder"),
        ("s", "{state", "stray_brace"),
        ("s", "state}", "stray_brace"),
        ("s", "{{state}}", "stray_brace"),
        ("two\nlines", "b", "control_character"),
        ("s", "b\x00", "control_character"),
        (" ", "b", "bad_template_length"),
        ("s", "b" * 4001, "bad_template_length"),
    ],
)
def test_a_text_that_cannot_be_is_refused(subject: str, body: str, code: str) -> None:
    with pytest.raises(RequestError) as refused:
        require_text(template(subject, body))
    assert refused.value.code == code


def test_a_value_stays_a_value() -> None:
    subject, body = written(template("{description}", "Hello\n{description} {area}"), {"description": EVIL, "area": "甲1-01"})
    assert subject == "x  Bcc: everybody@example.org    ＜script＞alert(1)＜/script＞ {reporter}".strip()
    assert body.startswith("Hello\nx  Bcc")
    assert body.count("\n") == 1
    assert not {"\r", "<", ">", "\x00", "\u202e"} & set(subject + body)
    assert len(plain("y" * 1000)) == 200


def test_the_nearest_text_is_taken() -> None:
    texts = {("staff", kind, "en"): Template("staff", kind, "en", kind, "b") for kind in ("*", "stage:verify", "filed")}
    asked: dict[str, Any] = {"audience": "staff", "stage": "verify", "language": "en"}
    found = [chosen(texts, kind=kind, **asked) for kind in ("filed", "verified")]
    assert [one and one.subject for one in found] == ["filed", "stage:verify"]
    general = chosen(texts, kind="noted", **{**asked, "stage": None, "language": "zh-CN"})
    assert general is not None
    assert general.subject == "*"
    assert chosen(texts, kind="noted", **{**asked, "audience": "reporter"}) is None
    assert LANGUAGES == ("zh-CN", "en")


def test_no_header_can_be_smuggled_into_a_mail() -> None:
    sender = MailSender("127.0.0.1", 9, security="none", user=None, password=None, sender="citygrid@city.example")
    evil = Outgoing("m-1-2", "email", "desk@example.org", "en", EVIL, EVIL, {}, None, AT)
    letter = message_from_bytes(bytes(sender.letter(evil)), policy=policy.default)
    assert set(letter.keys()) >= {"From", "To", "Subject", "Date", "Message-ID", "X-Citygrid-Id", "Auto-Submitted"}
    assert letter["Bcc"] is None
    assert (letter["To"], letter["Message-ID"]) == ("desk@example.org", "<m-1-2@city.example>")
    assert letter.get_content_type() == "text/plain"
    smuggled = Outgoing("m-1-2", "email", "desk@example.org\r\nBcc: all@example.org", "en", "s", "b", {}, None, AT)
    outcome = sender.send(smuggled)
    assert (outcome.why, outcome.permanent) == ("bad_address", True)
    assert sender.send(Outgoing("m-1-2", "email", "desk@example.org", "en", "s", "b", {}, None, AT)).why == "mail_server_away"


def test_a_file_holds_a_message_a_line_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "out" / "messages.jsonl"
    for n in range(2):
        assert FileSender(path, "phone").send(Outgoing(f"m-{n}-1", "sms", "13800138000", "en", "s", "b\nc", {}, None, AT)).why is None
    assert [orjson.loads(line)["id"] for line in path.read_bytes().splitlines()] == ["m-0-1", "m-1-1"]
    assert path.stat().st_mode & 0o077 == 0
    assert FileSender(tmp_path, "phone").send(Outgoing("m-1-1", "sms", "1", "en", "s", "b", {}, None, AT)).why == "file_not_written"


def test_addresses_are_shown_masked() -> None:
    shown = [masked_address(text) for text in ("13800138000", "zhang.san@example.org", "https://h.example.org/key=SECRET", "10010")]
    assert shown == ["138****8000", "z***@example.org", "https://h.example.org/***", "****10"]


def test_it_is_tried_ten_times() -> None:
    waits = [next_try(n, AT) for n in range(1, ATTEMPTS + 2)]
    assert [at and int((at - AT).total_seconds()) for at in waits] == [30, 120, 600, 1800, 7200, 21600, 21600, 21600, 21600, None, None]
