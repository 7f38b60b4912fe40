"""A real Dovecot on loopback, run without rights: fixture `dovecot`. Each test takes an account of its own."""

import contextlib
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers import tls

PASSWORD = "secret"
CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{dir}/home/%n/Maildir
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
auth_failure_delay = 0
auth_username_format = %Ln
passdb {{
  driver = static
  args = password={password}
}}
{tokens}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/home/%n allow_all_users=yes
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  client_limit = 200
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Done {{
    auto = create
  }}
  mailbox Shop/Orders {{
    auto = create
  }}
}}
protocol imap {{
  mail_max_userip_connections = 100
}}
protocol lmtp {{
  postmaster_address = postmaster@localhost
}}
"""


TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {dir}/oauth2.conf
}}
"""
INTROSPECTION = """
introspection_url = {url}/introspect?token=
introspection_mode = get
username_attribute = email
"""


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _answers(port: int) -> bool:
    """Whether a server greets here."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as sock:
        return bool(sock.recv(4))
    return False


@dataclass
class Account:
    """One user's mail, seen with a client of the test's own."""

    server: "Dovecot"
    name: str

    def client(self, folder: str = "INBOX") -> imaplib.IMAP4:
        """A signed-in connection with the folder open."""
        client = imaplib.IMAP4("127.0.0.1", self.server.imap)
        client.login(self.name, PASSWORD)
        client.select(folder)
        return client

    def append(self, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder."""
        client = self.client(folder)
        typ, data = client.append(folder, None, None, raw)
        assert typ == "OK", data
        client.logout()

    def deliver(self, raw: bytes, sender: str = "john@example.com") -> None:
        """Deliver a mail as the shop's mail server would, by LMTP."""
        with smtplib.LMTP("127.0.0.1", self.server.lmtp) as lmtp:
            lmtp.sendmail(sender, [f"{self.name}@shop.test"], raw)

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each mail of a folder."""
        client = self.client(folder)
        _, data = client.uid("FETCH", "1:*", "(FLAGS)")
        client.logout()
        return [
            {flag.decode() for flag in imaplib.ParseFlags(item)} - {"\\Recent"} for item in data if item is not None
        ]

    def count(self, folder: str = "INBOX") -> int:
        """How many mails are in a folder."""
        return len(self.flags(folder))

    def mark_deleted(self, raw_uid: str = "1") -> None:
        """Mark a mail as deleted, without expunging: another program's business."""
        client = self.client()
        client.uid("STORE", raw_uid, "+FLAGS", r"(\Deleted)")
        client.shutdown()

    def renumber(self) -> None:
        """Give the INBOX a new UIDVALIDITY and its mails new UIDs, as a restored backup has."""
        folder = self.server.folder / "home" / self.name / "Maildir"
        time.sleep(1.01)  # UIDVALIDITY counts seconds
        for name in (
            "dovecot-uidlist",
            "dovecot.index",
            "dovecot.index.log",
            "dovecot.index.cache",
            "dovecot-uidvalidity",
        ):
            (folder / name).unlink(missing_ok=True)
        for path in folder.glob("dovecot-uidvalidity.*"):
            path.unlink()
        for path in folder.glob("dovecot.list.index*"):
            path.unlink()


@dataclass
class Dovecot:
    """The running server."""

    folder: Path
    certificate: tls.Certificate
    password: str = PASSWORD
    tokens_of: str = ""  # the address of who knows the tokens that XOAUTH2 brings
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    names: Iterator[int] = field(default_factory=itertools.count)

    def account(self) -> Account:
        """An account nobody used before; any name exists."""
        return Account(self, f"box{next(self.names)}")

    def start(self) -> subprocess.Popen[bytes]:
        """Start it and wait until it answers."""
        program = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program, "Dovecot is missing: apt-get install dovecot-imapd dovecot-lmtpd"
        is_root = os.geteuid() == 0
        uid, gid = (65534, 65534) if is_root else (os.getuid(), os.getgid())
        user, group = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
        ports = {"imap": self.imap, "imaps": self.imaps, "lmtp": self.lmtp}
        if self.tokens_of:
            (self.folder / "oauth2.conf").write_text(INTROSPECTION.format(url=self.tokens_of))
        text = CONFIG.format(
            mechanisms=" xoauth2" if self.tokens_of else "",
            tokens=TOKENS.format(dir=self.folder) if self.tokens_of else "",
            dir=self.folder,
            cert=self.certificate.cert,
            key=self.certificate.key,
            user=user,
            group=group,
            uid=uid,
            gid=gid,
            password=self.password,
            **ports,
        )
        config = self.folder / "dovecot.conf"
        config.write_text(text)
        (self.folder / "home").mkdir(exist_ok=True)
        if is_root:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, uid, gid)
        who = {"user": uid, "group": gid, "extra_groups": []} if is_root else {}
        process = subprocess.Popen([program, "-F", "-c", str(config)], **who)  # type: ignore[call-overload]
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and process.poll() is None:
            if _answers(self.lmtp) and _answers(self.imap):
                return process
            time.sleep(0.05)
        process.kill()
        log = self.folder / "log"
        raise AssertionError(f"Dovecot did not start: {log.read_text() if log.exists() else 'no log'}")


@contextlib.contextmanager
def running(*, signed: bool = False, password: str = PASSWORD, tokens_of: str = "") -> Iterator[Dovecot]:
    """A Dovecot until the block ends."""
    with tempfile.TemporaryDirectory(prefix="dovecot-", dir="/tmp") as name:
        folder = Path(name)
        server = Dovecot(folder, tls.make(folder, "server", signed=signed), password, tokens_of)
        process = server.start()
        try:
            yield server
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Dovecot with a self-signed certificate."""
    with running() as server:
        yield server
