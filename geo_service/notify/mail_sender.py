"""Messages by electronic mail, through the city's own mail server."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from geo_service.notify.model import SENT, Outcome, Outgoing
from geo_service.notify.verifying import ID
from geo_service.notify.wording import plain

TIMEOUT_S = 10.0


class MailSender:
    """One server, one sender's address. A new connection for each message: mail servers end idle ones."""

    addressed_by: Literal["email"] = "email"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        security: Literal["starttls", "ssl", "none"],
        user: str | None,
        password: str | None,
        sender: str,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._user, self._password, self._sender = user, password, sender

    def send(self, message: Outgoing) -> Outcome:
        try:
            letter = self.letter(message)
        except ValueError:
            return Outcome("bad_address", permanent=True)
        try:
            server = self._connected()
            try:
                server.send_message(letter, self._sender, [message.address])
            finally:
                with suppress(OSError, smtplib.SMTPException):  # how they part says nothing about the mail
                    server.quit()
        except smtplib.SMTPRecipientsRefused as refused:
            code = max((code for code, _ in refused.recipients.values()), default=550)
            return Outcome(f"smtp_{code}", permanent=code >= 500)
        except smtplib.SMTPResponseException as error:
            return Outcome(f"smtp_{error.smtp_code}", permanent=isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500)
        except (OSError, smtplib.SMTPException):
            return Outcome("mail_server_away")
        return SENT

    def letter(self, message: Outgoing) -> EmailMessage:
        """The mail, plain text. No value reaches a header but as one line."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, message.address, plain(message.subject)
        letter["Date"] = format_datetime(message.at)
        letter["Message-ID"] = f"<{message.message_id}@{self._sender.rpartition('@')[2] or 'citygrid'}>"
        letter["Auto-Submitted"], letter[ID] = "auto-generated", message.message_id
        letter.set_content(f"{message.body}\n")
        return letter

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user and self._password:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server
