"""IDLE without a thread that waits: begin, let the event loop watch the socket, end.

imap-tools' own has two races: it fails if "* 5 EXISTS" comes before the server's "+", and it sleeps over
one that comes in the same packet behind it.
"""

import ssl

from mailgateway.imap import Folder
from mailgateway.tls import Refused


def begin(folder: Folder) -> bool:
    """Start IDLE. True if new mail was announced since the last search, so that there is no need to wait.

    A server announces each mail once, be it in the answer to some other command. Blocks shortly.
    """
    client = folder.client
    folder.idle_tag = client._command("IDLE")
    while client._get_response() is not None:  # None is the server's "+"
        if client.tagged_commands[folder.idle_tag]:
            typ, data = client.tagged_commands.pop(folder.idle_tag)
            raise Refused(f"IDLE: {typ} {data[0].decode(errors='replace')}")
    return "EXISTS" in client.untagged_responses or _has_more(folder)


def _has_more(folder: Folder) -> bool:
    """Whether bytes wait in the buffers of imaplib or TLS, where the event loop cannot see them."""
    sock = folder.client.sock
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        return bool(folder.client.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        sock.settimeout(timeout)


def end(folder: Folder) -> None:
    """Stop IDLE and read to its end; `folder` takes commands again. Raises imaplib's abort if the server is gone."""
    client, tag = folder.client, folder.idle_tag
    client.send(b"DONE\r\n")
    while not client.tagged_commands[tag]:
        client._get_response()
    client.tagged_commands.pop(tag)
