"""What others serve where they are installed: the same JSON from nginx and from Go, and nginx as a proxy."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.harness import Server, server

BODY = '{"code":200,"message":"","result":"' + "t" * 136 + '"}'

# One process and no log, as the others have it.
NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        default_type "application/json; charset=utf-8";
        location / {{ {answer} }}
    }}
    upstream behind {{ server 127.0.0.1:{behind}; keepalive 64; }}
}}
"""
STATIC = f"return 200 '{BODY}';"
PROXY = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://behind;'

GO = """
package main

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
)

func main() {
	runtime.GOMAXPROCS(1)
	body := []byte(`%s`)
	http.HandleFunc("/task/", func(answer http.ResponseWriter, request *http.Request) {
		answer.Header().Set("Content-Type", "application/json; charset=utf-8")
		answer.Write(body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println("ready", listener.Addr().(*net.TCPAddr).Port)
	panic(http.Serve(listener, nil))
}
"""


@contextmanager
def nginx(folder: Path, *, behind: int = 0) -> Iterator[Server]:
    """Passes all on to the port `behind`, if one is given."""
    port = _free_port()
    configuration = folder / "nginx.conf"
    answer = PROXY if behind else STATIC
    configuration.write_text(
        NGINX.format(folder=folder, port=port, answer=answer, behind=behind or port)
    )
    run = f"echo ready {port}; exec nginx -p {folder} -c {configuration}"
    with server("sh", "-c", run) as running:
        _wait_for(port)
        yield running


@contextmanager
def go(folder: Path) -> Iterator[Server]:
    source, program = folder / "serve.go", folder / "serve"
    source.write_text(GO % BODY)
    subprocess.run(["go", "build", "-o", program, source], check=True)
    with server(str(program)) as running:
        yield running


def _free_port() -> int:
    """nginx cannot be told to choose, so the system chooses beforehand."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx did not get ready")
