"""The compose edition's nginx on ports of this machine, before small servers that only say what reached them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from pattana.embedded.ports import free_port
from shared.lines import MEDIA_TYPE, UNBUFFERED

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "gateway" / "nginx.conf"


def nginx() -> str | None:
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Echo(BaseHTTPRequestHandler):
    """Answers with its own name and what it was sent."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for head and body: two would wait for each other
    name = ""
    go = Event()  # a request with X-Wait is answered when one with X-Go has come

    heard = Event()  # the second line is told when a request with X-Heard has come

    def answer(self) -> None:
        if "x-heard" in self.headers:
            self.heard.set()
        if self.headers.get("accept") == MEDIA_TYPE:
            self._tell_lines()
            return
        if "x-go" in self.headers:
            self.go.set()
        if "x-wait" in self.headers:
            self.go.wait(30)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = {"name": self.name, "path": self.path, "headers": headers, "bytes": len(body)}
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.send_header("x-request-id", headers.get("x-request-id", ""))
        self.send_header("strict-transport-security", "max-age=1; includeSubDomains")  # as Keycloak's realms do
        self.end_headers()
        self.wfile.write(content)

    def _tell_lines(self) -> None:
        """As an import does."""
        self.send_response(200)
        for name, value in {"content-type": MEDIA_TYPE, "transfer-encoding": "chunked", **UNBUFFERED}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"2\r\n1\n\r\n")
        self.wfile.flush()
        self.heard.wait(30)
        self.wfile.write(b"2\r\n2\n\r\n0\r\n\r\n")

    do_GET = do_POST = answer

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def echoing(name: str) -> Iterator[int]:
    """The port of a server that calls itself `name`."""
    with Server(("127.0.0.1", 0), type("Named", (Echo,), {"name": name, "go": Event()})) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def local(port: int, upstreams: Mapping[str, list[int]], folder: Path) -> str:
    """The committed configuration with ports of this machine, without TLS and without Docker's resolver (and so without
    `resolve`, which older versions do not know)."""
    text = CONFIGURATION.read_text()
    for name, ports in upstreams.items():
        servers = "".join(f"server 127.0.0.1:{number};" for number in ports)
        text = re.sub(rf"server {name}:\d+ resolve;", servers, text)
    text = re.sub(r"^\s*(resolver|ssl_\w+) .*$", "", text, flags=re.MULTILINE)
    text = text.replace("listen 8443 ssl;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 127.0.0.1:8080;", f"listen 127.0.0.1:{free_port()};")
    places = {"/tmp/": f"{folder}/", "/dev/stdout": f"{folder}/access.log", "/dev/stderr": f"{folder}/error.log"}  # noqa: S108
    for theirs, ours in places.items():
        text = text.replace(theirs, ours)
    return f"user root;\n{text}" if os.geteuid() == 0 else text  # else the workers could not write there


@contextmanager
def gateway(folder: Path, names: Mapping[str, list[str]]) -> Iterator[str]:
    """The address of a gateway whose upstreams are the servers of these names; where there is none, nobody listens."""
    program = nginx()
    assert program is not None
    with ExitStack() as stack:
        upstreams = {
            upstream: [stack.enter_context(echoing(name)) for name in servers] or [free_port()]
            for upstream, servers in names.items()
        }
        port = free_port()
        path = folder / "nginx.conf"
        path.write_text(local(port, upstreams, folder))
        arguments = [program, "-c", str(path), "-e", str(folder / "error.log"), "-g", "daemon off;"]
        with subprocess.Popen([*arguments]) as process:
            try:
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
