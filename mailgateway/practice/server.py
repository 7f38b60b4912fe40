"""The practice mail server: real SMTP and IMAP on loopback, in the event loop of its caller.

Imported in practice mode only. pymap keeps mail in memory, so a copy of what customers received and
sent lies in DATA_DIR/practice-mail and is there again after a restart, as read. The shop's own mailboxes
begin empty: the desk has their mail.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.conf import settings
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend, Identity
from pymap.exceptions import MailboxConflict
from pymap.imap import IMAPServer, IMAPService
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Seen
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

from mailgateway.practice.bounce import delivery_report
from mailgateway.practice.cast import BOUNCES, OUTSIDE, SHOP_ADDRESSES, SPAMMER
from mailgateway.practice.players import settle

HOST = "127.0.0.1"
INBOX, SENT = "INBOX", "Sent"
KEPT = 200  # mails in a folder after a restart
SIZE_LIMIT = 40_000_000
logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of its own deprecations


class Store:
    """The accounts and their mail; whoever has no account is OUTSIDE."""

    def __init__(self, backend: DictBackend, folder: Path) -> None:
        self.backend, self.folder = backend, folder
        self.accounts = {*SHOP_ADDRESSES, OUTSIDE}

    def account_of(self, address: str) -> str:
        """Whose mail this is: plus-addresses are their owner's, unknown ones are OUTSIDE's."""
        local, _, domain = address.lower().partition("@")
        plain = f"{local.split('+')[0]}@{domain}"
        return plain if plain in self.accounts else OUTSIDE

    async def open(self, addresses: Iterable[str], password: str) -> None:
        """Make the accounts, all with one password, and put back what is on the disk."""
        self.accounts |= {address.strip().lower() for address in addresses}
        config = self.backend.config
        hashed = await Passwords(config).hash_password(password)
        for account in sorted(self.accounts):
            if account != OUTSIDE:  # pymap has made that one, see _options
                identity = Identity(account, self.backend.login, None, frozenset({"admin"}))
                await identity.set(UserMetadata(config, account, password=hashed))
            for box in (INBOX, SENT):
                await self._put_back(account, box)

    def _on_disk(self, account: str, box: str) -> Path:
        return self.folder / quote(account, safe="@") / box

    async def _put_back(self, account: str, box: str) -> None:
        files = sorted(self._on_disk(account, box).glob("*.eml"))
        for file in files[:-KEPT]:
            file.unlink()
        for file in files[-KEPT:]:
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            await self._append(account, box, AppendMessage(file.read_bytes(), at, frozenset({Seen})))

    async def put(self, account: str, box: str, raw: bytes) -> None:
        """A new mail in a folder of an account; its own sent mail counts as read."""
        flags = frozenset({Seen}) if box == SENT else frozenset()
        await self._append(account, box, AppendMessage(raw, datetime.now(UTC), flags))
        if account not in SHOP_ADDRESSES:
            self._keep(account, box, raw)

    async def _append(self, account: str, box: str, message: AppendMessage) -> None:
        async with Identity(account, self.backend.login, None, frozenset()).new_session() as session:
            if box != INBOX:
                with contextlib.suppress(MailboxConflict):  # it is there already
                    await session.create_mailbox(box)
            await session.append_messages(box, [message])

    def _keep(self, account: str, box: str, raw: bytes) -> None:
        folder = self._on_disk(account, box)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(raw)


class Post:
    """What the SMTP side does with a mail."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Put the mail into each recipient's inbox and a copy among the sender's sent mail."""
        raw, sender = bytes(envelope.original_content or b""), (envelope.mail_from or "").lower()
        if sender == SPAMMER:
            raw = b"X-Spam-Flag: YES\r\n" + raw
        for recipient in envelope.rcpt_tos:
            await self._deliver(raw, sender, recipient.lower())
        if (account := self.store.account_of(sender)) not in {*SHOP_ADDRESSES, OUTSIDE}:
            await self.store.put(account, SENT, raw)
        return "250 OK"

    async def _deliver(self, raw: bytes, sender: str, recipient: str) -> None:
        if recipient != BOUNCES:
            await self.store.put(self.store.account_of(recipient), INBOX, raw)
        elif sender:
            report = delivery_report(raw, sender=sender, recipient=recipient)
            await self.store.put(self.store.account_of(sender), INBOX, report)


@dataclass
class Running:
    """A running practice mail server."""

    smtp_port: int
    imap_port: int
    servers: tuple[asyncio.Server, ...]

    def close(self) -> None:
        """Take no more connections."""
        for server in self.servers:
            server.close()


async def start(
    loop: asyncio.AbstractEventLoop, smtp_port: int, imap_port: int, accounts: Iterable[str], password: str
) -> Running:
    """Serve SMTP and IMAP on loopback in `loop`, which is the running one; a port of 0 takes a free one.

    Each of `accounts` (addresses) and each customer of the shop is an IMAP user with `password`; mail to others
    goes to the user OUTSIDE. The shop's practice mailboxes are pointed to the ports. Raises OSError if one is taken.
    """
    backend, config = await DictBackend.init(_options(imap_port, password), hash_context=Cleartext())
    config.apply_context()
    read = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    imap_server = await asyncio.start_server(read, HOST, imap_port, start_serving=False)
    store = Store(backend, Path(settings.DATA_DIR) / "practice-mail")
    try:
        smtp_server = await loop.create_server(
            lambda: _smtp(Post(store), password, loop), HOST, smtp_port, start_serving=False
        )
    except OSError:
        imap_server.close()
        raise
    servers = (smtp_server, imap_server)
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    running = Running(ports[0], ports[1], servers)
    players = await asyncio.to_thread(settle, running.smtp_port, running.imap_port)
    await store.open({*accounts, *players}, password)
    for server in servers:
        await server.start_serving()
    return running


def _options(imap_port: int, password: str) -> object:
    parser = ArgumentParser()
    parser.set_defaults(skip_services=[], passlib_cfg=None, debug=False)
    IMAPService.add_arguments(parser)
    DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
    demo = ["--demo-user", OUTSIDE, "--demo-password", password]  # else pymap adds a user with a known password
    return parser.parse_args(["--host", HOST, "--port", str(imap_port), "--no-tls", "dict", *demo])


def _smtp(post: Post, password: str, loop: asyncio.AbstractEventLoop) -> SMTP:
    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        known = isinstance(data, LoginPassword) and secrets.compare_digest(data.password, password.encode())
        return AuthResult(success=known, handled=False)

    return SMTP(
        post,
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        hostname="practice",
        authenticator=check,
        auth_require_tls=False,
        loop=loop,
    )
