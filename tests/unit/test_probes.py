"""Links are asked over real connections: an http.server of this process, and real files."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, cast

import pytest

from registry_sheets.probes import Answers, probe, web
from registry_sheets.probes.paths import path_in


class Site(ThreadingHTTPServer):
    """Answers by path; remembers what it was asked, how many at once, and with which headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Answering(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        site = cast("Site", self.server)
        with site.lock:
            site.asked.append((self.command, self.path))
            site.headers.append(dict(self.headers.items()))
            site.now += 1
            site.most = max(site.most, site.now)
        try:
            self.answer(site)
        finally:
            with site.lock:
                site.now -= 1

    do_GET = do_HEAD  # noqa: N815

    def answer(self, site: Site) -> None:
        name = self.path.strip("/").split("?")[0]
        if name.isdigit():
            self.reply(int(name))
        elif name == "no-head":
            self.reply(405 if self.command == "HEAD" else 200)
        elif name == "head-lies":
            self.reply(404 if self.command == "HEAD" else 200)
        elif name == "hang":
            site.closing.wait(20)
        elif name == "drip":
            self.drip(site)
        elif name == "slow":
            time.sleep(0.1)
            self.reply(200)
        elif name == "nonsense":
            self.wfile.write(b"hello\r\n\r\n")
        elif name == "loop":
            self.reply(302, "/loop")
        elif name.startswith("to:"):
            self.reply(302, self.path.split("?", 1)[1])
        else:
            self.reply(200)

    def drip(self, site: Site) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            if site.closing.wait(0.1):
                return
            try:
                self.wfile.write(f"X-{number}: y\r\n".encode())
            except OSError:
                return

    def reply(self, status: int, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    with Site() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.closing.set()
        running.shutdown()
        thread.join()


def ask(link: str, folder: Path = Path(), **how: Any) -> tuple[str | None, str | None]:
    """(what is wrong or '', why nothing is known), None where the answer says neither."""
    answers = probe([link], folder, **{"timeout": 5.0, **how})
    return answers.links.get(link), answers.not_asked.get(link)


# ---- the web


def test_a_page_that_is_there_is_well(site: Site) -> None:
    assert ask(site.url("/page")) == ("", None)
    assert site.asked == [("HEAD", "/page")]


@pytest.mark.parametrize(("status", "says"), [(404, "404, not found"), (410, "410, gone")])
def test_a_page_that_is_not_there_leads_nowhere(site: Site, status: int, says: str) -> None:
    assert ask(site.url(f"/{status}")) == (f"the server answers {says}", None)


@pytest.mark.parametrize("path", ["/no-head", "/head-lies"])
def test_a_server_that_does_not_take_head_is_asked_by_get(site: Site, path: str) -> None:
    assert ask(site.url(path)) == ("", None)
    assert [method for method, _ in site.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503])
def test_a_fault_or_a_sign_in_says_nothing_about_the_page(site: Site, status: int) -> None:
    problem, reason = ask(site.url(f"/{status}"))
    assert problem is None
    assert str(status) in (reason or "")


def test_a_server_that_hangs_is_left_after_the_timeout(site: Site) -> None:
    begun = time.monotonic()
    assert ask(site.url("/hang"), timeout=0.3) == (None, "it did not answer within 0.3 seconds")
    assert time.monotonic() - begun < 5


def test_a_server_that_drips_its_answer_is_left_too(site: Site) -> None:
    begun = time.monotonic()
    assert ask(site.url("/drip"), timeout=0.5) == (None, "it did not answer within 0.5 seconds")
    assert time.monotonic() - begun < 5


def test_an_answer_that_is_no_http_says_nothing(site: Site) -> None:
    assert ask(site.url("/nonsense")) == (None, "its server's answer makes no sense")


def test_a_redirect_is_followed_to_its_end(site: Site) -> None:
    assert ask(site.url("/to:?/page")) == ("", None)
    assert ask(site.url("/to:?/404")) == ("the server answers 404, not found", None)


def test_redirects_in_a_circle_lead_nowhere(site: Site) -> None:
    assert ask(site.url("/loop")) == ("it is led on in a circle", None)


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:text/plain,x"])
def test_a_redirect_away_from_the_web_is_not_followed(site: Site, target: str) -> None:
    problem, reason = ask(site.url(f"/to:?{target}"))
    assert problem == f"it leads on to a {target.split(':')[0]} address, not to a page"
    assert reason is None


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/"])
def test_a_redirect_to_the_machines_metadata_is_refused(site: Site, target: str) -> None:
    assert "never asked" in (ask(site.url(f"/to:?{target}"))[1] or "")


@pytest.mark.parametrize(
    "link",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.1.1/",
        "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fd00:ec2::254]/",
        "http://100.100.100.200/",
        "http://metadata.google.internal/",
        "http://METADATA.google.internal./",
        "http://0.0.0.0/",
    ],
)
def test_addresses_of_the_machine_itself_are_refused(link: str) -> None:
    assert "never asked" in (ask(link)[1] or "")


def test_a_name_that_resolves_to_a_refused_address_is_refused_before_a_word_is_sent(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_METADATA_ADDRESSES", frozenset({web.ipaddress.ip_address("127.0.0.1")}))
    link = site.url("/page").replace("127.0.0.1", "localhost")
    assert "never asked" in (ask(link)[1] or "")
    assert site.asked == []


def test_a_link_with_a_password_is_not_asked(site: Site) -> None:
    link = site.url("/page").replace("http://", "http://ana:secret@")
    assert ask(link) == (None, "it holds a user name or password, and those are not sent")
    assert site.asked == []


def test_nothing_that_tells_who_asks_is_sent(site: Site) -> None:
    ask(site.url("/page"))
    assert set(site.headers[0]) <= {"User-Agent", "Accept-Encoding", "Host", "Connection"}


def test_a_server_that_takes_no_connections_is_not_called_broken() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert ask(f"http://127.0.0.1:{port}/") == (None, "its server takes no connections")


def test_a_name_that_nobody_knows_is_not_called_broken() -> None:
    assert ask("http://no-such-host.invalid/")[0] is None


def test_a_certificate_that_is_not_trusted_is_not_called_broken(site: Site) -> None:
    problem, reason = ask(site.url("/page").replace("http:", "https:"))
    assert problem is None
    assert reason


def test_spaces_and_umlauts_are_asked_as_they_are_typed(site: Site) -> None:
    assert ask(site.url("/Umsätze März 2026.xlsx")) == ("", None)
    assert site.asked[0][1] == "/Ums%C3%A4tze%20M%C3%A4rz%202026.xlsx"


@pytest.mark.parametrize(
    "link", ["http://", "http://[", "https://a b/", "http://x:99999999/", "http://..../", "http://%/"]
)
def test_addresses_that_are_none_never_end_the_pass(link: str) -> None:
    problem, reason = ask(link, timeout=1.0)
    assert (problem is None) != (reason is None)


def test_each_link_is_asked_once_and_only_a_few_at_a_time(site: Site) -> None:
    links = [site.url(f"/slow?{number % 12}") for number in range(24)]
    answers = probe(links, Path(), timeout=5.0, at_most=3)
    assert set(answers.links.values()) == {""}
    assert len(site.asked) == len(answers.links) == 12
    assert site.most <= 3


def test_when_the_time_for_all_is_up_the_rest_is_not_asked(site: Site) -> None:
    answers = probe([site.url(f"/slow?{number}") for number in range(30)], Path(), at_most=1, budget=0.35)
    assert answers.links
    assert set(answers.not_asked.values()) == {"there was no time left to ask it"}
    assert not answers.complete


# ---- files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "crm 2026.csv").write_text("x")
    return tmp_path


@pytest.mark.parametrize("link", ["data/crm 2026.csv", "./data/crm 2026.csv", "data\\crm 2026.csv", " ./data "])
def test_a_path_starts_at_the_workbooks_folder(folder: Path, link: str) -> None:
    assert ask(link, folder) == ("", None)


def test_a_file_address_is_a_path(folder: Path) -> None:
    assert ask((folder / "data" / "crm 2026.csv").as_uri(), folder) == ("", None)
    assert ask((folder / "data" / "gone.csv").as_uri(), folder) == ("there is no such file or folder", None)


@pytest.mark.parametrize("link", ["data/gone.csv", "./gone", "gone.xlsx", "nowhere/at/all.csv"])
def test_a_file_that_is_gone_leads_nowhere(folder: Path, link: str) -> None:
    assert ask(link, folder) == ("there is no such file or folder", None)


@pytest.mark.parametrize(
    "link",
    ["/no-such-mount/models/8/model.pkl", "C:\\models\\8.pkl", "\\\\server\\share\\8.pkl", "file://server/share/8"],
)
def test_a_place_of_another_machine_is_not_called_broken(folder: Path, link: str) -> None:
    problem, reason = ask(link, folder)
    assert problem is None
    assert reason


@pytest.mark.skipif(len(Path(gettempdir()).parts) != 2, reason="needs a folder just below the root")
def test_a_share_that_is_not_mounted_is_not_called_broken(folder: Path) -> None:
    with TemporaryDirectory() as empty:  # as a mount point is without its share
        unmounted = ask(f"{empty}/data/x.csv", folder)
        Path(empty, "readme.txt").touch()
        mounted = ask(f"{empty}/data/x.csv", folder)
    assert unmounted == (None, "its drive or folder is not connected to this machine")
    assert mounted == ("there is no such file or folder", None)


@pytest.mark.parametrize("text", ["run 42", "8c1f", "s3://bucket/x.csv", "models:/AC/3", "www.example.com", "1.2", ""])
def test_what_is_no_path_is_not_asked(folder: Path, text: str) -> None:
    assert path_in(text) is None
    assert probe([text], folder) == Answers()


def test_an_address_without_https_is_no_path() -> None:
    assert path_in("wiki.example.com/page.html") is None


@pytest.mark.parametrize("text", ["a\0b.csv", "x\ny.csv", "./" + "x" * 5000])
def test_texts_that_no_system_takes_are_not_asked(folder: Path, text: str) -> None:
    assert probe([text], folder) == Answers()


def test_names_too_long_for_the_system_are_not_known(folder: Path) -> None:
    problem, reason = ask("./" + "x" * 3000, folder)
    assert problem is None
    assert reason


def test_nothing_to_ask_is_complete(tmp_path: Path) -> None:
    assert probe([], tmp_path).complete
