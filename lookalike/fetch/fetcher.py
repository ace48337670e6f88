"""Fetches the bytes behind a URL that a stranger gave, from public addresses only.

A name is resolved once, every answer is checked, and the connection goes to the very address
that was checked (ssrfguard does this part); each redirect starts over. Bytes are counted while
they arrive, and one deadline covers look-up, connection, TLS and transfer. Proxies of the
environment are not used: they would choose the address instead of us.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from ipaddress import ip_network
from typing import Any, Protocol

import ssrfguard
from ssrfguard import Address, Policy, Target

from lookalike.errors import (
    BadScheme,
    FetchError,
    FetchTimeout,
    ForbiddenAddress,
    LookalikeError,
    TooManyRedirects,
)
from lookalike.fetch.addresses import (
    NUMERIC_NAME,
    STRICT_TABLE,
    complaint,
    forbidden,
    host_of,
    is_numeric,
)
from lookalike.fetch.exchange import Deadline, Moved, Wire, ask, read_answer

WEB_PORTS = frozenset({80, 443})
ANY_PORT = frozenset(range(1, 65536))
# A stalled look-up cannot be cancelled, only left behind; so many may be under way.
LOOKUPS = 16

Resolve = Callable[..., Iterable[tuple[int, int, int, str, tuple[Any, ...]]]]


class Connect(Protocol):
    """Opens a connection to one of these addresses; `ssrfguard.connect` is one."""

    def __call__(
        self, addresses: Sequence[Address], *, policy: Policy, timeout: float
    ) -> socket.socket:
        """`timeout` is in seconds, for each address. Raises OSError."""


class Fetcher:
    """Fetches URLs within limits. Safe to call from several threads."""

    def __init__(
        self,
        *,
        max_bytes: int,
        timeout_s: float,
        max_redirects: int,
        any_port: bool = False,
        allow_networks: Sequence[str] = (),
        resolve: Resolve = socket.getaddrinfo,
        connect: Connect = ssrfguard.connect,
    ) -> None:
        """`timeout_s` covers everything, redirects included. `allow_networks` names networks
        ('127.0.0.1/32') that may be reached although they are not public: for tests, or a
        picture server of one's own. `resolve` has the shape of `socket.getaddrinfo`."""
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._max_redirects = max_redirects
        self._resolve = resolve
        self._connect = connect
        self._lookups = threading.BoundedSemaphore(LOOKUPS)
        self._policy = Policy(
            denied_networks=STRICT_TABLE,
            allowed_networks=tuple(ip_network(network) for network in allow_networks),
            allowed_ports=ANY_PORT if any_port else WEB_PORTS,
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when first needed: reading the trusted certificates takes a while."""
        return ssl.create_default_context()

    def fetch(self, url: str) -> bytes:
        """The body behind `url`. Raises BadScheme, ForbiddenAddress, FetchTimeout,
        TooManyRedirects, UpstreamStatus, TooManyBytes, else FetchError."""
        deadline = Deadline(self._timeout_s)
        with _own_errors(self._timeout_s):
            for _ in range(self._max_redirects + 1):
                answer = self._visit(url, deadline)
                if isinstance(answer, bytes):
                    return answer
                url = answer.url
        raise TooManyRedirects(
            f"The URL was redirected more than {self._max_redirects} times. "
            "Use the address of the picture itself."
        )

    def _visit(self, url: str, deadline: Deadline) -> bytes | Moved:
        """Asks one server; follows nothing."""
        url = url.strip().replace(" ", "%20")
        target = self._checked(url)
        addresses = self._addresses(target, deadline)
        with closing(self._connected(addresses, deadline)) as plain:
            wire = self._secured(plain, target, deadline) if target.scheme == "https" else plain
            with closing(wire):
                counted = Wire(wire, deadline, self._max_bytes)
                with closing(ask(counted, target, url)) as response:
                    return read_answer(response, url, self._max_bytes)

    def _checked(self, url: str) -> Target:
        """What the URL names, if that may be asked for at all."""
        try:
            return self._policy.check_url(url)
        except ssrfguard.BlockedURLError as error:
            if isinstance(error.__cause__, ssrfguard.BlockedAddressError) or is_numeric(url):
                raise ForbiddenAddress(forbidden(host_of(url))) from error
            raise BadScheme(complaint(url, self._policy)) from error

    def _addresses(self, target: Target, deadline: Deadline) -> tuple[Address, ...]:
        """Looks the name up, once, and checks every answer."""
        if NUMERIC_NAME.search(target.host) and not target.is_literal_address:
            # 0x7f.1: the C library takes it for an address, so it is no name.
            raise ForbiddenAddress(forbidden(target.host))
        try:
            answers = self._looked_up(target, deadline)
            return ssrfguard.resolve(
                target, policy=self._policy, resolver=lambda *_args, **_kwargs: answers
            )
        except ssrfguard.BlockedAddressError as error:
            raise ForbiddenAddress(forbidden(target.host)) from error
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise FetchError(f"The name {target.host} could not be looked up.") from error

    def _looked_up(self, target: Target, deadline: Deadline) -> list[Any]:
        """Runs the resolver, which takes no timeout, in a thread that can be left behind."""
        done: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()
        flags = socket.AI_NUMERICHOST if target.is_literal_address else 0

        def look_up() -> None:
            try:
                done.put(
                    list(self._resolve(target.host, target.port, 0, socket.SOCK_STREAM, 0, flags))
                )
            except Exception as error:  # handed to the caller's thread
                done.put(error)
            finally:
                self._lookups.release()

        if not self._lookups.acquire(timeout=deadline.left()):
            raise TimeoutError("too many look-ups are stalled")
        threading.Thread(target=look_up, name="lookalike-look-up", daemon=True).start()
        try:
            outcome = done.get(timeout=deadline.left())
        except queue.Empty:
            raise TimeoutError("the look-up stalled") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _connected(self, addresses: Sequence[Address], deadline: Deadline) -> socket.socket:
        """Connects to the first address that answers; each gets its share of what time is left."""
        tried = addresses[: self._policy.max_connection_attempts]
        for number, address in enumerate(tried):
            share_s = deadline.left() / (len(tried) - number)
            try:
                return self._connect([address], policy=self._policy, timeout=share_s)
            except ssrfguard.BlockedAddressError as error:
                raise ForbiddenAddress(forbidden(address.hostname)) from error
            except OSError as error:
                failed = error
        raise failed

    def _secured(self, plain: socket.socket, target: Target, deadline: Deadline) -> socket.socket:
        """Speaks TLS over the connection and verifies the name that was asked for."""
        plain.settimeout(deadline.left())
        return self._tls.wrap_socket(plain, server_hostname=target.host.rstrip("."))


@contextmanager
def _own_errors(timeout_s: float) -> Iterator[None]:
    """Turns what goes wrong on the network into our errors."""
    try:
        yield
    except LookalikeError:
        raise
    except TimeoutError as error:
        raise FetchTimeout(
            f"The picture did not arrive within {timeout_s:g} seconds. Try again later."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise FetchError("The server's certificate is not valid for this address.") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(
            f"The picture could not be fetched ({type(error).__name__}). "
            "Check the address, or try again later."
        ) from error
