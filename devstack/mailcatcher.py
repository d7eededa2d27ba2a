"""The demo's mail catcher: keeps each mail it is sent as a file, and shows them on a page.

Nothing leaves the machine. ``python -m devstack.mailcatcher FOLDER SMTP_PORT PAGE_PORT`` serves both
on loopback until SIGTERM. Each mail is one ``.eml`` file in the folder, oldest first by name.
"""

import asyncio
import html
import itertools
import re
import signal
import sys
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from devstack.ports import LOOPBACK

SHOWN = 300
_STYLE = """
:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{max-width:62rem;margin:2rem auto;padding:0 1rem}
a{color:inherit}
ul{list-style:none;padding:0}
li{padding:.6rem 0;border-top:1px solid color-mix(in srgb,currentColor 15%,transparent)}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
iframe{width:100%;height:46rem;border:1px solid;background:#fff}
"""
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'"
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
_LINKS_OPEN_OUTSIDE = '<base target="_blank">'


class Keeper:
    """Receives mail for any address and writes it to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = itertools.count()

    async def handle_DATA(  # noqa: N802 - the name the server calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail, with the recipients of its envelope; tell the sender that it is kept."""
        recipients = ", ".join(envelope.rcpt_tos)
        plain = re.sub(r"[^A-Za-z0-9@._-]+", "_", recipients)[:80]
        name = f"{time.time_ns()}-{next(self._number)}-{plain}.eml"
        part = self.folder / f".{name}"
        content = envelope.original_content or b""
        part.write_bytes(f"X-Envelope-To: {recipients}\r\n".encode() + content)
        part.rename(self.folder / name)
        return "250 kept"


def kept(folder: Path) -> list[Path]:
    """Return the kept mails, newest first."""
    return sorted((path for path in folder.glob("[!.]*.eml")), reverse=True)


def read(path: Path) -> EmailMessage:
    """Return one kept mail, parsed."""
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _list_page(folder: Path) -> str:
    mails = kept(folder)
    rows = ""
    for path in mails[:SHOWN]:
        mail = read(path)
        to, when = html.escape(str(mail["X-Envelope-To"])), html.escape(str(mail["Date"]))
        link = f'<a href="/{path.name}">{_subject(mail)}</a>'
        rows += f"<li>{link}<br><small>to {to} · {when}</small></li>"
    shown = f", the newest {SHOWN} shown" if len(mails) > SHOWN else ""
    return _page(f"Caught mail ({len(mails)}{shown})", f"<ul>{rows or '<li>No mail yet.'}</ul>")


def _mail_page(path: Path) -> str:
    mail = read(path)
    headers = "\n".join(
        f"{header}: {mail[header]}"
        for header in ("From", "To", "X-Envelope-To", "Date", "Message-ID")
        if mail[header]
    )
    frame = f'<iframe src="/{path.name}/html" title="HTML part"></iframe>'
    return _page(
        _subject(mail),
        f'<p><a href="/">All mail</a> · <a href="/{path.name}/raw">Source</a></p>'
        f"<pre>{html.escape(headers)}</pre>{frame if _body(mail, 'html') else ''}"
        f"<h2>Text</h2><pre>{html.escape(_body(mail, 'plain'))}</pre>",
    )


def _subject(mail: EmailMessage) -> str:
    return html.escape(str(mail["Subject"] or "(no subject)"))


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<link rel="stylesheet" href="/style.css"><h1>{title}</h1>{content}</html>'
    )


def web_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server, not yet serving, that shows the mails of ``folder`` on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, _, part = self.path.strip("/").partition("/")
            path = folder / name
            if not name:
                self._answer(_list_page(folder))
            elif name == "style.css":
                self._answer(_STYLE, "text/css")
            elif not re.fullmatch(r"[A-Za-z0-9@_][A-Za-z0-9@._-]*\.eml", name) or not path.exists():
                self.send_error(404)
            elif part == "html":
                body = _LINKS_OPEN_OUTSIDE + _body(read(path), "html")
                self._answer(body, policy=_MAIL_POLICY)
            elif part == "raw":
                self._answer(path.read_text(encoding="utf-8", errors="replace"), "text/plain")
            else:
                self._answer(_mail_page(path))

        def _answer(self, text: str, kind: str = "text/html", policy: str = _PAGE_POLICY) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: looking at mail is not worth a line."""

    return ThreadingHTTPServer((LOOPBACK, port), Handler)


async def serve(folder: Path, smtp_port: int, web_port: int) -> None:
    """Catch and show mail until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="mail-catcher", ident="mail catcher", loop=loop),
        LOOPBACK,
        smtp_port,
    )
    web = web_server(folder, web_port)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(f"catching mail on {LOOPBACK}:{smtp_port}, showing it on {web_port}", flush=True)
    await stopped.wait()
    server.close()
    web.shutdown()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
