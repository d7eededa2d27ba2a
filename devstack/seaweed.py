"""A throw-away S3 server for tests: SeaweedFS from its wheel, on loopback ports."""

import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from devstack import ports, processes

ACCESS_KEY, SECRET_KEY = "portal", "portal-secret"


@dataclass
class Seaweed:
    """A running server: its process and the port of S3."""

    child: processes.Child
    port: int

    @property
    def url(self) -> str:
        """Return the address of S3."""
        return f"http://{ports.LOOPBACK}:{self.port}"

    def stop(self) -> None:
        """Stop the server."""
        self.child.stop()


def start(folder: Path, *, log: Path) -> Seaweed:
    """Start a server below ``folder`` and return it when S3 answers; ``StackError`` says why it did not."""
    folder.mkdir(parents=True, exist_ok=True)
    identity = {
        "name": "portal",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}), encoding="utf-8")

    def command(port: int) -> list[str | Path]:
        inner = {name: _with_grpc() for name in ("master", "volume", "filer")}
        beside = [f"-{name}.port={number}" for name, number in inner.items()]
        beside += [f"-{name}.port.grpc={number + 10_000}" for name, number in inner.items()]
        where = [f"-dir={folder}", f"-ip={ports.LOOPBACK}", f"-ip.bind={ports.LOOPBACK}"]
        s3 = ["-filer", "-s3", f"-s3.port={port}", f"-s3.config={config}"]
        small = ["-volume.max=20", "-master.volumeSizeLimitMB=64"]
        program = Path(sys.executable).with_name("weed")
        return [program, "server", *where, *beside, *s3, f"-s3.port.grpc={_with_grpc()}", *small]

    child, port = processes.start_server(
        "SeaweedFS",
        command,
        lambda child, port: ports.answers(port),
        log=log,
        first_port=None,
        stop_signal=signal.SIGKILL,  # it is thrown away, and would take its time to close
    )
    return Seaweed(child, port)


def _with_grpc() -> int:
    """Return a free port that has another ten thousand above it."""
    while True:
        port = ports.any_free()
        if port < 55_000:
            return port
