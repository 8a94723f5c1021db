"""Networks that fail, for real: each way is told apart, and what certainly never arrived is known."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests
import trustme
from requests import exceptions as failed
from urllib3 import exceptions as urllib3

from registry_sheets.errors import ConfigProblem, NotChecked
from registry_sheets.workbooks.google.transport.offline import no_answer
from registry_sheets.workbooks.google.transport.refusals import Refusal

Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk) -> Iterator[int]:
    """A port where each connection is talked to by ``talk`` and then closed."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(10)

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with closing(line):
                    try:
                        talk(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def reading_first(answer: bytes, then: Callable[[], None] = lambda: None) -> Talk:
    def talk(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(answer)
        then()

    return talk


def speaking_tls(authority: trustme.CA, name: str) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)

    def talk(line: socket.socket) -> None:
        with context.wrap_socket(line, server_side=True) as safe:
            safe.recv(10)

    return talk


def failure(url: str, **more: object) -> Refusal:
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(url, data=b"{}", **{"timeout": (5, 5), **more})  # type: ignore[arg-type]
        except (failed.RequestException, OSError) as error:
            return no_answer(error, url)
    raise AssertionError(answer)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return int(taken.getsockname()[1])


def assert_never_arrived(found: Refusal, *parts: str, passing: bool = True) -> None:
    assert isinstance(found.error, NotChecked)
    assert (found.passing, found.undone, found.shortly) == (passing, True, True)
    for part in parts:
        assert part in str(found.error)


def assert_may_have_arrived(found: Refusal, *parts: str) -> None:
    assert isinstance(found.error, NotChecked)
    assert (found.passing, found.undone, found.shortly) == (True, False, False)
    for part in parts:
        assert part in str(found.error)


def test_no_such_name() -> None:
    assert_never_arrived(failure("https://sheets.invalid/v4"), "sheets.invalid", "cannot be looked up")


def test_refused() -> None:
    assert_never_arrived(failure(f"http://127.0.0.1:{free_port()}/"), "was refused", "firewall")


@pytest.mark.parametrize("number", [101, 113])
def test_no_route(number: int) -> None:
    connecting = urllib3.NewConnectionError(None, "no way")  # type: ignore[arg-type]
    connecting.__cause__ = OSError(number, "unreachable")
    error = failed.ConnectionError(urllib3.MaxRetryError(None, "/", connecting))  # type: ignore[arg-type]
    assert_never_arrived(no_answer(error, "https://sheets.googleapis.com/"), "no way from this machine", "offline")


def test_no_connection_for_another_reason() -> None:
    connecting = urllib3.NewConnectionError(None, "odd")  # type: ignore[arg-type]
    error = failed.ConnectionError(urllib3.MaxRetryError(None, "/", connecting))  # type: ignore[arg-type]
    assert_never_arrived(no_answer(error, "https://a.example/"), "No connection to a.example could be made")


def test_no_connection_in_time() -> None:
    assert_never_arrived(no_answer(failed.ConnectTimeout("slow"), "https://a.example/"), "in time", "firewall")


def test_no_answer_in_time() -> None:
    over = threading.Event()
    with server(reading_first(b"", lambda: _wait(over))) as port:
        found = failure(f"http://127.0.0.1:{port}/", timeout=(5, 0.1))
        over.set()
    assert_may_have_arrived(found, "did not answer in time")


def _wait(over: threading.Event) -> None:
    over.wait(10)


def test_hung_up_without_a_word() -> None:
    with server(reading_first(b"")) as port:
        assert_may_have_arrived(failure(f"http://127.0.0.1:{port}/"), "broke before the whole answer")


@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a": ',
        b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n{"a": ',
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"\x00\x01\x02 what is this\r\n\r\n",
    ],
)
def test_an_answer_that_is_cut_or_garbled(answer: bytes) -> None:
    with server(reading_first(answer)) as port:
        assert_may_have_arrived(failure(f"http://127.0.0.1:{port}/"), "broke before the whole answer")


def test_a_certificate_of_somebody_in_between() -> None:
    with server(speaking_tls(trustme.CA(), "localhost")) as port:
        found = failure(f"https://localhost:{port}/")
    assert_never_arrived(found, "opened in between", "REQUESTS_CA_BUNDLE", passing=False)


def test_a_certificate_of_another_site(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with server(speaking_tls(authority, "login.hotel.example")) as port:
        found = failure(f"https://localhost:{port}/", verify=str(tmp_path / "ca.pem"))
    assert_never_arrived(found, "another site's certificate", "hotel", passing=False)


@pytest.mark.parametrize(("code", "words"), [(9, "not valid yet"), (10, "out of date")])
def test_a_certificate_out_of_its_time(code: int, words: str) -> None:
    unproven = ssl.SSLCertVerificationError(1, "certificate verify failed")
    unproven.verify_code = code
    assert_never_arrived(no_answer(failed.SSLError(unproven), "https://a.example/"), words, "clock", passing=False)


def test_no_tls_at_the_other_end() -> None:
    with server(reading_first(b"HTTP/1.0 400 What\r\n\r\n")) as port:
        assert_never_arrived(failure(f"https://127.0.0.1:{port}/"), "speaks another protocol")


def test_tls_that_breaks_later_may_have_arrived() -> None:
    error = failed.SSLError(ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred"))
    assert_may_have_arrived(no_answer(error, "https://a.example/"), "broke")


def test_a_proxy_that_is_not_there() -> None:
    proxies = {"https": f"http://name:secret@127.0.0.1:{free_port()}"}
    found = failure("https://sheets.googleapis.com/", proxies=proxies)
    assert_never_arrived(found, "proxy", "HTTPS_PROXY")
    assert "secret" not in str(found.error)


def test_a_proxy_that_wants_a_password() -> None:
    with server(reading_first(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")) as port:
        found = failure("https://sheets.googleapis.com/", proxies={"https": f"http://127.0.0.1:{port}"})
    assert_never_arrived(found, "wants a name and a password", passing=False)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"verify": "/nowhere/ca.pem"}, "REQUESTS_CA_BUNDLE"),
        ({"proxies": {"https": "http://:3128"}}, "HTTPS_PROXY"),
        ({"proxies": {"https": "socks5://127.0.0.1:1"}}, "SOCKS"),
    ],
)
def test_settings_that_cannot_be_used_are_not_waited_for(more: dict[str, object], words: str) -> None:
    found = failure("https://sheets.googleapis.com/", **more)
    assert isinstance(found.error, ConfigProblem)
    assert (found.passing, found.undone) == (False, True)
    assert words in str(found.error)


def test_an_exception_that_holds_itself_is_read_to_an_end() -> None:
    error = failed.ConnectionError("round")
    error.__cause__ = inner = failed.ConnectionError(error)
    inner.__context__ = error
    assert_may_have_arrived(no_answer(error, "https://a.example/"))
