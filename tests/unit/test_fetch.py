"""Fetching URLs of strangers. Addresses here are strings for an injected resolver and connector;
real connections go to loopback only."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from lookalike.errors import (
    BadScheme,
    FetchError,
    FetchTimeout,
    ForbiddenAddress,
    LookalikeError,
    TooManyBytes,
    TooManyRedirects,
    UpstreamStatus,
    UrlRejected,
)
from lookalike.fetch import Fetcher

PUBLIC = "93.184.216.34"
PUBLIC_6 = "2606:2800:220:1:248:1893:25c8:1946"


class Network:
    """A resolver and a connector that write down what was asked of them and reach nothing."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = answers or ([PUBLIC],)
        self.lookups: list[str] = []
        self.connections: list[str] = []

    def resolve(self, host, port, family=0, kind=0, proto=0, flags=0):
        self.lookups.append(host)
        if flags & socket.AI_NUMERICHOST:
            answers = [host]
        else:
            answers = self.answers[min(len(self.lookups), len(self.answers)) - 1]
        return [
            (socket.AF_INET6, kind, 0, "", (text, port, 0, 0))
            if ":" in text
            else (socket.AF_INET, kind, 0, "", (text, port))
            for text in answers
        ]

    def connect(self, addresses, *, policy, timeout):
        self.connections += [str(address.ip) for address in addresses]
        raise ConnectionRefusedError("nothing is reached in tests")


def fetcher(network: Network, **changes) -> Fetcher:
    limits = {"max_bytes": 1000, "timeout_s": 5.0, "max_redirects": 3, **changes}
    return Fetcher(**limits, resolve=network.resolve, connect=network.connect)


# --- what may be asked for -------------------------------------------------------------------

FORBIDDEN_ADDRESSES = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254",
    "127.0.0.1", "127.255.255.254", "169.254.0.1", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1",
    "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    # cloud metadata
    "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192",
    "fd00:ec2::254", "fd20:ce::254",
    # IPv6: unspecified, loopback, local, multicast, documentation, reserved
    "::", "::1", "fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
    "100::1", "2001:db8::1", "2001:2::1", "2001:10::1", "3fff::1", "5f00::1", "4000::1", "e000::1",
    # IPv4 inside IPv6: mapped, compatible, 6to4, NAT64, Teredo; public ones too
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", f"::ffff:{PUBLIC}",
    "::127.0.0.1", "::7f00:1", f"::{PUBLIC}",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:5db8:d822::1",
    "64:ff9b::7f00:1", "64:ff9b::169.254.169.254", f"64:ff9b::{PUBLIC}", "64:ff9b:1::1",
    "2001:0:7f00:1::", "2001::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_fetch_name_that_leads_to_a_forbidden_address(address: str) -> None:
    network = Network([address])
    with pytest.raises(ForbiddenAddress) as caught:
        fetcher(network).fetch("http://pictures.example/a.jpg")
    assert network.connections == []
    assert address not in str(caught.value)  # nothing about the inner network is told


@pytest.mark.parametrize("address", [a for a in FORBIDDEN_ADDRESSES if "%" not in a])
def test_fetch_forbidden_address_written_in_the_url(address: str) -> None:
    network = Network()
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(ForbiddenAddress):
        fetcher(network).fetch(f"http://{host}/a.jpg")
    assert network.connections == []


@pytest.mark.parametrize(
    "answers",
    [
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
        [PUBLIC_6, "::1"],
        [PUBLIC, PUBLIC_6, "::ffff:10.0.0.1"],
        [PUBLIC, "168.63.129.16"],
    ],
)
def test_fetch_name_with_one_private_answer_among_public_ones(answers: list[str]) -> None:
    network = Network(answers)
    with pytest.raises(ForbiddenAddress):
        fetcher(network).fetch("http://pictures.example/")
    assert network.connections == []


ODD_SPELLINGS = [
    ("http://2130706433/", ForbiddenAddress),  # decimal
    ("http://017700000001/", ForbiddenAddress),  # octal
    ("http://0177.0.0.1/", ForbiddenAddress),
    ("http://0x7f000001/", ForbiddenAddress),  # hex
    ("http://0x7f.0x0.0x0.0x1/", ForbiddenAddress),
    ("http://0X7F.1/", ForbiddenAddress),
    ("http://127.0x0.1/", ForbiddenAddress),
    ("http://127.1/", ForbiddenAddress),  # short
    ("http://127.0.1/", ForbiddenAddress),
    ("http://0/", ForbiddenAddress),
    ("http://0x/", ForbiddenAddress),
    ("http://00000127.0.0.1/", ForbiddenAddress),
    ("http://256.256.256.256/", ForbiddenAddress),  # overflow
    ("http://4294967297/", ForbiddenAddress),
    ("http://127.0.0.1./", ForbiddenAddress),  # trailing dots
    ("http://2130706433./", ForbiddenAddress),
    ("http://0x7f.1./", ForbiddenAddress),
    ("http://127。0。0。1/", ForbiddenAddress),  # unicode dots and digits
    ("http://127．0．0．1/", ForbiddenAddress),
    ("http://127｡0｡0｡1/", ForbiddenAddress),
    ("http://①②⑦.0.0.1/", ForbiddenAddress),
    ("http://１２７.０.０.１/", ForbiddenAddress),
    ("http://1.6.9.2.5.4/", ForbiddenAddress),
    ("http://[::ffff:127.0.0.1]/", ForbiddenAddress),
    ("http://[0:0:0:0:0:0:0:1]/", ForbiddenAddress),
    ("http://[::1%25lo]/", BadScheme),  # zone ids
    ("http://[fe80::1%eth0]/", BadScheme),
    ("http://[fe80::1%25eth0]/", BadScheme),
    ("http://[::1/", BadScheme),
    ("http://::1/", BadScheme),
    ("http://[127.0.0.1]/", BadScheme),
    ("http://pictures.example@127.0.0.1/", BadScheme),  # user info
    ("http://127.0.0.1@pictures.example/", BadScheme),
    ("http://user:word@pictures.example/", BadScheme),
    ("http://@127.0.0.1/", BadScheme),
    ("http://pictures.example:80@127.0.0.1:80/", BadScheme),
    ("http://pictures.example\\@127.0.0.1/", BadScheme),
    ("http://127.0.0.1\\.pictures.example/", BadScheme),
    ("http://127.0.0.1\\@pictures.example/", BadScheme),
    ("http://127.0.0.1#@pictures.example/", ForbiddenAddress),
    ("http://127.0.0.1?@pictures.example/", ForbiddenAddress),
    ("http://127%2e0%2e0%2e1/", BadScheme),  # percent-encoding
    ("http://pictures%00.example/", BadScheme),
    ("http://127.0.0.1%0d%0aHost:x/", BadScheme),
    ("http://pictures.example\r\nX: y/", BadScheme),
    ("http://pictures\t.example/", BadScheme),
    ("http://pictures..example/", BadScheme),
    ("http://-/\x00", BadScheme),
    ("http://" + "a" * 300 + ".example/", BadScheme),
    ("http://pictures.example/" + "a" * 9000, BadScheme),
    ("file:///etc/passwd", BadScheme),
    ("file://localhost/etc/passwd", BadScheme),
    ("ftp://pictures.example/a.jpg", BadScheme),
    ("gopher://127.0.0.1:6379/_INFO", BadScheme),
    ("dict://127.0.0.1:11211/stats", BadScheme),
    ("data:image/png;base64,AAAA", BadScheme),
    ("javascript:alert(1)", BadScheme),
    ("jar:http://pictures.example!/a", BadScheme),
    ("http:127.0.0.1/", BadScheme),
    ("http:///127.0.0.1/", BadScheme),
    ("http:/127.0.0.1/", BadScheme),
    ("//pictures.example/a.jpg", BadScheme),
    ("pictures.example/a.jpg", BadScheme),
    ("", BadScheme),
    ("http://", BadScheme),
    ("http://:80/", BadScheme),
    ("http://pictures.example:22/", BadScheme),
    ("http://pictures.example:0/", BadScheme),
    ("http://pictures.example:65536/", BadScheme),
    ("http://pictures.example:80:80/", BadScheme),
    ("http://pictures.example:http/", BadScheme),
    ("https://pictures.example:8443/", BadScheme),
]


@pytest.mark.parametrize(("url", "error"), ODD_SPELLINGS)
def test_fetch_url_in_an_odd_spelling(url: str, error: type[UrlRejected]) -> None:
    network = Network(["127.0.0.1"])
    with pytest.raises(error) as caught:
        fetcher(network).fetch(url)
    assert network.connections == []
    assert network.lookups in ([], ["127.0.0.1"])
    assert "\n" not in str(caught.value)


LOCAL_NAMES = ["localhost", "LOCALHOST", "localhost.", "a.localhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "intranet",
               "metadata.google.internal", "127.0.0.1.nip.example", "bücher.example"]  # fmt: skip


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_fetch_name_is_judged_by_where_it_leads(name: str) -> None:
    network = Network(["127.0.0.1"])
    with pytest.raises(ForbiddenAddress):
        fetcher(network).fetch(f"http://{name}/")
    assert len(network.lookups) == 1
    assert network.lookups[0].isascii()
    assert network.connections == []


def test_fetch_connects_to_the_address_that_was_checked() -> None:
    network = Network([PUBLIC], ["127.0.0.1"])  # the second look-up would be the trap
    with pytest.raises(FetchError):
        fetcher(network).fetch("http://rebinding.example/")
    assert network.lookups == ["rebinding.example"]
    assert network.connections == [PUBLIC]


def test_fetch_tries_the_further_addresses_but_not_endlessly() -> None:
    network = Network([f"93.184.216.{n}" for n in range(1, 100)])
    with pytest.raises(FetchError):
        fetcher(network).fetch("http://many.example/")
    assert network.connections == [f"93.184.216.{n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("url", "any_port"),
    [
        ("http://pictures.example/a.jpg", False),
        ("https://pictures.example:443/", False),
        ("https://pictures.example:80/", False),
        ("http://pictures.example:8080/", True),
        ("HTTP://PICTURES.EXAMPLE/", False),
        ("  http://pictures.example/my photo.jpg ", False),
        (f"http://{PUBLIC}/", False),
        (f"http://[{PUBLIC_6}]/", False),
    ],
)
def test_fetch_allowed_url_gets_as_far_as_the_connection(url: str, any_port: bool) -> None:
    network = Network()
    with pytest.raises(FetchError):
        fetcher(network, any_port=any_port).fetch(url)
    assert network.connections in ([PUBLIC], [PUBLIC_6])


def test_fetch_allowed_network_opens_nothing_else() -> None:
    network = Network(["127.0.0.2"])
    with pytest.raises(ForbiddenAddress):
        fetcher(network, allow_networks=["127.0.0.1/32"]).fetch("http://pictures.example/")
    assert network.connections == []


@pytest.mark.parametrize(
    "broken",
    [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError("no network")],
)
def test_fetch_name_that_cannot_be_looked_up(broken: Exception) -> None:
    def resolve(*_args: object) -> list[object]:
        raise broken

    with pytest.raises(FetchError, match=r"pictures\.example could not be looked up"):
        Fetcher(max_bytes=1, timeout_s=5, max_redirects=0, resolve=resolve).fetch(
            "http://pictures.example/"
        )


def test_fetch_look_up_that_stalls_ends_at_the_deadline() -> None:
    released = threading.Event()

    def resolve(*_args: object) -> list[object]:
        released.wait(60)
        return []

    with pytest.raises(FetchTimeout):
        Fetcher(max_bytes=1, timeout_s=0.1, max_redirects=0, resolve=resolve).fetch(
            "http://pictures.example/"
        )
    released.set()


NOWHERE = fetcher(Network(["127.0.0.1"]))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: f"http://{text}/"))
def test_fetch_any_text_raises_only_our_errors(text: str) -> None:
    with pytest.raises(LookalikeError):
        NOWHERE.fetch(text)


# --- what comes back, over loopback ----------------------------------------------------------


@contextmanager
def server(
    answer: Callable[[socket.socket, bytes], None], tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Hands each connection and the head of its request to `answer`. Gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                head = b""
                while b"\r\n\r\n" not in head and (part := connection.recv(65536)):
                    head += part
                answer(connection, head)
            except OSError:
                pass
            finally:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def says(*parts: bytes) -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, _head: bytes) -> None:
        for part in parts:
            connection.sendall(part)

    return answer


def local(**changes) -> Fetcher:
    limits = {"max_bytes": 1000, "timeout_s": 10.0, "max_redirects": 3, **changes}
    return Fetcher(
        **limits, any_port=True, allow_networks=["127.0.0.1/32"], resolve=resolve_addresses_only
    )


def resolve_addresses_only(host: str, port: int, *rest: int) -> list[tuple]:
    """Names are not looked up: a test must not ask a name server."""
    if not rest[-1] & socket.AI_NUMERICHOST:
        raise socket.gaierror(socket.EAI_NONAME, "no names in tests")
    return socket.getaddrinfo(host, port, *rest)


def ok(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *headers, b"", body])


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"picture", b"Content-Length: 7"),
        ok(b"picture"),
        ok(b"4\r\npict\r\n3\r\nure\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"),
        ok(b"picture", b"Content-Length: 7", b"Content-Encoding: identity"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"picture", b"Content-Length: 7"),
    ],
)
def test_fetch_returns_the_body(answer: bytes) -> None:
    with server(says(answer)) as port:
        assert local().fetch(f"http://127.0.0.1:{port}/a.jpg") == b"picture"


def test_fetch_asks_for_what_the_url_says() -> None:
    heads: list[bytes] = []

    def answer(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        connection.sendall(ok(b"x", b"Content-Length: 1"))

    with server(answer) as port:
        local().fetch(f"http://127.0.0.1:{port}/straße/my photo.jpg?q=a b&r=é#part")
        local().fetch(f"http://127.0.0.1:{port}?q=%2F")
    lines = heads[0].split(b"\r\n")
    assert lines[0] == b"GET /stra%C3%9Fe/my%20photo.jpg?q=a%20b&r=%C3%A9 HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}".encode() in lines
    assert b"Accept-Encoding: identity" in lines
    assert heads[1].startswith(b"GET /?q=%2F HTTP/1.1\r\n")


def test_fetch_uses_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(says(ok(b"direct"))) as port, server(says(ok(b"proxy"))) as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy}")
        assert local().fetch(f"http://127.0.0.1:{port}/") == b"direct"


def test_fetch_loopback_is_forbidden_unless_allowed() -> None:
    asked: list[bytes] = []
    with (
        server(lambda _connection, head: asked.append(head)) as port,
        pytest.raises(ForbiddenAddress),
    ):
        Fetcher(max_bytes=1, timeout_s=5.0, max_redirects=0, any_port=True).fetch(
            f"http://127.0.0.1:{port}/"
        )
    assert asked == []


def test_fetch_body_of_exactly_the_limit() -> None:
    with server(says(ok(b"x" * 1000))) as port:
        assert len(local().fetch(f"http://127.0.0.1:{port}/")) == 1000


def test_fetch_declared_length_over_the_limit_is_refused_before_the_body() -> None:
    with (
        server(says(ok(b"", b"Content-Length: 1001"))) as port,  # not one byte of body is sent
        pytest.raises(TooManyBytes, match="larger than 1000 bytes"),
    ):
        local().fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("framing", ["none", "chunked", "tiny chunks", "headers", "continues"])
def test_fetch_endless_answer_stops_at_the_limit(framing: str) -> None:
    start, more = {
        "none": (ok(b""), b"x" * 65536),
        "chunked": (ok(b"", b"Transfer-Encoding: chunked"), b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        "tiny chunks": (
            ok(b"", b"Transfer-Encoding: chunked"),
            (b"1;" + b"e" * 60000 + b"\r\nx\r\n"),
        ),
        "headers": (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 60000 + b"\r\n"),
        "continues": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 3000),
    }[framing]
    sent = 0

    def answer(connection: socket.socket, _head: bytes) -> None:
        nonlocal sent
        connection.sendall(start)
        while True:  # until the other side hangs up
            connection.sendall(more)
            sent += len(more)

    with server(answer) as port, pytest.raises(TooManyBytes) as caught:
        local(max_bytes=2 * 1024 * 1024).fetch(f"http://127.0.0.1:{port}/")
    assert "2 MB" in str(caught.value)
    assert sent < 32 * 1024 * 1024  # what fits into the buffers between the two sockets


def test_fetch_server_that_drips_ends_at_the_total_deadline() -> None:
    pause = threading.Event()

    def answer(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(ok(b"", b"Content-Length: 1000"))
        while not pause.wait(0.01):
            connection.sendall(b"x")

    with server(answer) as port, pytest.raises(FetchTimeout, match=r"0\.3 seconds") as caught:
        local(timeout_s=0.3).fetch(f"http://127.0.0.1:{port}/")
    assert caught.value.retryable


@pytest.mark.parametrize("scheme", ["http", "https"])  # silent in HTTP, silent in the handshake
def test_fetch_server_that_says_nothing_ends_at_the_deadline(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FetchTimeout):
        local(timeout_s=0.2).fetch(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/")


def test_fetch_headers_that_drip_end_at_the_total_deadline() -> None:
    pause = threading.Event()

    def answer(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not pause.wait(0.01):
            connection.sendall(b"x")

    with server(answer) as port, pytest.raises(FetchTimeout):
        local(timeout_s=0.2).fetch(f"http://127.0.0.1:{port}/")


# --- redirects -------------------------------------------------------------------------------


def redirecting(hops: int, status: int = 302) -> Callable[[socket.socket, bytes], None]:
    """/0 leads to /1 and so on; /`hops` is the picture."""

    def answer(connection: socket.socket, head: bytes) -> None:
        number = int(head.split(b" ")[1].strip(b"/"))
        if number == hops:
            connection.sendall(ok(b"picture"))
        else:
            connection.sendall(b"HTTP/1.1 %d Moved\r\nLocation: %d\r\n\r\n" % (status, number + 1))

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_fetch_follows_as_many_redirects_as_allowed(status: int) -> None:
    with server(redirecting(3, status)) as port:
        assert local(max_redirects=3).fetch(f"http://127.0.0.1:{port}/0") == b"picture"


def test_fetch_one_redirect_too_many() -> None:
    with server(redirecting(4)) as port, pytest.raises(TooManyRedirects, match="3 times"):
        local(max_redirects=3).fetch(f"http://127.0.0.1:{port}/0")


@pytest.mark.parametrize(
    ("location", "error"),
    [
        (b"http://10.0.0.1/", ForbiddenAddress),
        (b"http://169.254.169.254/latest/meta-data/", ForbiddenAddress),
        (b"//127.0.0.2/", ForbiddenAddress),
        (b"http://2130706433/", ForbiddenAddress),
        (b"http://[::ffff:7f00:1]/", ForbiddenAddress),
        (b"file:///etc/passwd", BadScheme),
        (b"ftp://127.0.0.1/", BadScheme),
        (b"http://user@127.0.0.1/", BadScheme),
        (b"http://[", FetchError),
        (b"http://\xff\xfe/", FetchError),
    ],
)
def test_fetch_redirect_is_checked_like_the_first_url(location: bytes, error: type) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n"
    with server(says(answer)) as port, pytest.raises(error):
        local().fetch(f"http://127.0.0.1:{port}/")


def test_fetch_redirect_with_raw_utf8() -> None:
    heads: list[bytes] = []

    def answer(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        if len(heads) == 1:
            connection.sendall("HTTP/1.1 302 Found\r\nLocation: /bücher\r\n\r\n".encode())
        else:
            connection.sendall(ok(b"picture"))

    with server(answer) as port:
        assert local().fetch(f"http://127.0.0.1:{port}/") == b"picture"
    assert heads[1].startswith(b"GET /b%C3%BCcher HTTP/1.1")


# --- servers that misbehave ------------------------------------------------------------------


@pytest.mark.parametrize("status", [204, 206, 300, 302, 304, 400, 401, 403, 404, 429, 500, 503])
def test_fetch_status_other_than_success(status: int) -> None:
    answer = b"HTTP/1.1 %d Something\r\nContent-Length: 0\r\n\r\n" % status
    with server(says(answer)) as port, pytest.raises(UpstreamStatus, match=str(status)):
        local().fetch(f"http://127.0.0.1:{port}/")


MISBEHAVIOUR = {
    "hangs up": b"",
    "hangs up after the status": b"HTTP/1.1 200 OK\r\n",
    "no http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "old http": b"<html>hello</html>",
    "no number": b"HTTP/1.1 abc OK\r\n\r\n",
    "large number": b"HTTP/1.1 99999 OK\r\n\r\n",
    "unknown version": b"HTTP/9.9 200 OK\r\n\r\n",
    "long line": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    "bad chunk": ok(b"zz\r\nabc", b"Transfer-Encoding: chunked"),
    "negative chunk": ok(b"-5\r\nabc", b"Transfer-Encoding: chunked"),
    "cut chunk": ok(b"10\r\nabc", b"Transfer-Encoding: chunked"),
    "cut body": ok(b"abc", b"Content-Length: 10"),
    "gzip": ok(gzip.compress(b"x" * 100_000), b"Content-Encoding: gzip"),
    "brotli": ok(b"abc", b"Content-Encoding: br"),
    "gzip twice": ok(b"abc", b"Content-Encoding: gzip, gzip"),
    "gzip in transfer": ok(b"abc", b"Transfer-Encoding: gzip, chunked"),
}


@pytest.mark.parametrize("answer", MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
def test_fetch_server_that_misbehaves(answer: bytes) -> None:
    with server(says(answer)) as port, pytest.raises(FetchError) as caught:
        local().fetch(f"http://127.0.0.1:{port}/")
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_fetch_random_answer_raises_only_our_errors(noise: bytes, with_status: bool) -> None:
    start = b"HTTP/1.1 200 OK\r\n" if with_status else b""
    with server(says(start + noise)) as port:
        try:
            body = local(timeout_s=5.0).fetch(f"http://127.0.0.1:{port}/")
        except LookalikeError:
            return
    assert body in noise


def test_fetch_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(FetchError, match="could not be fetched"):
        local().fetch(f"http://127.0.0.1:{port}/")


# --- TLS -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def serving_as(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def local_tls(name: str, port: int) -> bytes:
    def resolve(host: str, _port: int, *_rest: object) -> list[object]:
        assert host == name
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    limits = {"max_bytes": 1000, "timeout_s": 10.0, "max_redirects": 3}
    allowed = Fetcher(**limits, any_port=True, allow_networks=["127.0.0.1/32"], resolve=resolve)
    return allowed.fetch(f"https://{name}:{port}/")


@pytest.mark.parametrize("name", ["pictures.example", "pictures.example."])
def test_fetch_tls_verifies_the_name_not_the_address(
    authority: trustme.CA, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        authority.cert_pem.tempfile() as trusted,
        server(says(ok(b"picture")), serving_as(authority, "pictures.example")) as port,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        assert local_tls(name, port) == b"picture"


def test_fetch_tls_certificate_of_another_name(
    authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        authority.cert_pem.tempfile() as trusted,
        server(says(ok(b"picture")), serving_as(authority, "other.example")) as port,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", trusted)
        with pytest.raises(FetchError, match="certificate"):
            local_tls("pictures.example", port)


def test_fetch_tls_certificate_of_an_unknown_authority(authority: trustme.CA) -> None:
    context = serving_as(authority, "pictures.example")
    with (
        server(says(ok(b"picture")), context) as port,
        pytest.raises(FetchError, match="certificate"),
    ):
        local_tls("pictures.example", port)
