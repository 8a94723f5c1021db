"""Platforms that mean no good, files that were tampered with, two runs at once: what broke once stays mended."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from registry_sheets.errors import PlatformUnanswered, StateUnusable
from registry_sheets.operations.hearing import AskingNow, Settled, doubted
from registry_sheets.platform_settings import LocationSettings, PlatformSettings
from registry_sheets.platforms import asking
from registry_sheets.platforms.asking import Question, ask_platforms
from registry_sheets.platforms.at_once import at_once
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.memory import MemoryPlatform
from registry_sheets.platforms.refusals import Refusals
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.registry.table import Lists
from registry_sheets.state import platform_answers
from registry_sheets.state.platform_answers import LOCK, NAME, KeptAnswer, keep_answers, kept_answers
from tests.rules.support import table
from tests.support.platforms.hostile import EVIL, SURROGATE

MOMENT = datetime(2026, 7, 1, 2, 30, tzinfo=UTC)
REFUSALS = Refusals("a registry", "Set TOKEN.", "Grant it the right to read.")
BASE = "https://registry.example.com/api"


def asked(platform: MemoryPlatform, *wanted: PlatformVersion) -> PlatformAnswer:
    (answer,) = ask_platforms([Question("a", "memory", 30.0, lambda _: platform)], lambda _: wanted)
    return answer


def unfit(text: str) -> list[str]:
    """What neither a sheet nor a terminal can hold."""
    return [sign for sign in text if sign not in "\r\n\t" and (not sign.isprintable() and sign != "\u202e")]


# What they say


def test_whatever_is_said_can_be_kept_and_shown(tmp_path: Path) -> None:
    bad = f"{EVIL}{SURROGATE}"
    version = PlatformVersion(
        bad, bad, "", bad, MOMENT, bad, (bad,), bad, bad, bad, bad, bad, bad, {bad: bad},
        Lineage(data=(bad,), metrics={bad: float("nan"), "auc": 0.9, "top": float("inf")}),
    )  # fmt: skip
    serving = Deployment(bad, bad, bad, "", bad, float("nan"), MOMENT, bad)
    answer = asked(MemoryPlatform("a", [version], [serving], fails={"versions": PlatformUnanswered(bad, bad)}))
    assert unfit(repr_of(answer)) == []
    assert answer.versions[0].lineage == Lineage(data=(answer.versions[0].model,), metrics={"auc": 0.9})
    assert answer.deployments[0].share is None
    assert answer.deployments[0][:2] == answer.versions[0][:2]
    assert "\u202e" not in answer.missed[0]
    keep_answers(tmp_path, [KeptAnswer("q", answer)])
    assert kept_answers(tmp_path)["a"].answer == answer


def repr_of(answer: PlatformAnswer) -> str:
    """All texts of an answer, one after the other."""
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            gather([*value, *value.values()])
        elif isinstance(value, (list, tuple)):
            for one in value:
                gather(one)

    gather([answer.versions, answer.deployments, answer.missed])
    return "".join(found)


def test_a_version_whose_name_was_mended_gets_its_lineage() -> None:
    version = PlatformVersion("a\x00b", "1")

    class Told(MemoryPlatform):
        def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
            return ((one, Lineage(data=("s3://d\x07",))) for one in versions)

    platform = Told("a", [version])
    (answer,) = ask_platforms([Question("a", "memory", 30.0, lambda _: platform)], lambda told: told.versions)
    assert [(one.model, one.lineage) for one in answer.versions] == [("a\ufffdb", Lineage(data=("s3://d\ufffd",)))]


def test_moments_of_other_zones_and_of_none_are_in_utc() -> None:
    berlin = timezone(timedelta(hours=2))
    versions = [
        PlatformVersion("a", "1", created=datetime(2026, 7, 1, 12, tzinfo=berlin)),
        PlatformVersion("a", "2", created=datetime(2026, 7, 1, 12)),
        PlatformVersion("a", "3", created=datetime(1, 1, 1, tzinfo=berlin)),
    ]
    told = asked(MemoryPlatform("a", versions)).versions
    assert [one.created for one in told] == [
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 7, 1, 12, tzinfo=UTC),
        None,
    ]


def test_a_listing_without_end_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_MOST", 100)
    versions = [PlatformVersion("a", str(number)) for number in range(200)]
    serving = [Deployment("a", str(number), "front") for number in range(200)]
    answer = asked(MemoryPlatform("a", versions, serving))
    assert (answer.missed_versions, answer.missed_deployments) == (True, True)
    assert "It lists more than 100 versions" in answer.missed[0]
    assert len(answer.versions) + len(answer.deployments) < 210


# At once


def test_a_thread_that_hangs_keeps_nobody() -> None:
    never = threading.Event()

    def ask(number: int) -> int:
        if number:
            never.wait()
        return number

    answers = at_once(ask, [0, 1, 2], 2)
    assert next(answers) == 0
    answers.close()  # type: ignore[attr-defined]  # a generator's
    mine = [one for one in threading.enumerate() if one.name == "ask at once"]
    assert mine
    assert all(one.daemon for one in mine)
    never.set()


def test_answers_come_in_order_and_an_error_in_its_turn() -> None:
    def ask(number: int) -> int:
        if number == 30:
            raise PlatformUnanswered("It failed.", "")
        return number

    told: list[int] = []
    with pytest.raises(PlatformUnanswered):
        told.extend(at_once(ask, range(100), 4))
    assert told == list(range(30))
    assert list(at_once(ask, range(29), 64)) == list(range(29))
    assert list(at_once(ask, [], 4)) == []


def test_things_are_drawn_as_they_are_needed() -> None:
    drawn = []

    def things() -> Iterator[int]:
        for number in range(1000):
            drawn.append(number)
            yield number

    answers = at_once(str, things(), 3)
    assert next(answers) == "0"
    assert len(drawn) < 10


# Over HTTP


def api(answer: httpx.Response, headers: dict[str, str] | None = None) -> JsonApi:
    transport = httpx.MockTransport(lambda _: answer)
    return JsonApi(BASE, Deadline(30.0), REFUSALS, lambda: headers or {}, transport=transport, tries=1)


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "deflate", "gzip,identity"])
def test_a_packing_that_was_not_asked_for_is_not_opened(packing: str) -> None:
    def whole() -> Iterator[bytes]:
        yield b""

    answer = httpx.Response(200, headers={"Content-Encoding": packing}, content=whole())
    with pytest.raises(PlatformUnanswered, match="packs its answer in a way that it was not asked for"):
        api(answer).get("x")


def test_gzip_is_asked_for_and_opened() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] == "gzip"
        return httpx.Response(200, headers={"Content-Encoding": "GZIP"}, content=gzip.compress(b'{"a": 1}'))

    asked = JsonApi(BASE, Deadline(30.0), REFUSALS, transport=httpx.MockTransport(answer))
    assert asked.get("x") == {"a": 1}


def test_what_is_packed_wrong_is_told_as_broken_off() -> None:
    def broken() -> Iterator[bytes]:
        yield b"\x1f\x8b" + zlib.compress(b"x")

    with pytest.raises(PlatformUnanswered, match="its answer broke off"):
        api(httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=broken())).get("x")


def test_a_lone_surrogate_does_not_get_in() -> None:
    said = rb'{"a\udc00": ["\ud800", "\ud83d\ude00", "\\ud800", 1.5, null], "b": NaN}'
    told = api(httpx.Response(200, content=said)).get("x")
    assert told["a\ufffd"] == ["\ufffd", "\U0001f600", "\\ud800", 1.5, None]
    raw = api(httpx.Response(200, content=b'\xef\xbb\xbf{"a": "x\xed\xa0\x80\xff"}')).get("x")
    raw["a"].encode("utf-8")
    assert raw["a"].startswith("x\ufffd")


@pytest.mark.parametrize(
    ("sign_in", "secrets"),
    [
        ("Bearer s3cr3t-t0ken", ["s3cr3t-t0ken"]),
        (
            "Basic " + base64.b64encode(b"ana:hunter22").decode(),
            ["hunter22", base64.b64encode(b"ana:hunter22").decode()],
        ),
    ],
)
@pytest.mark.parametrize("status", [401, 403, 400, 404, 500, 503])
def test_a_server_that_repeats_our_sign_in_does_not_make_us_tell_it(
    sign_in: str, secrets: list[str], status: int
) -> None:
    said = json.dumps({"message": f"not this: {sign_in} {' '.join(secrets)}"})
    with pytest.raises(PlatformUnanswered) as refused:
        api(httpx.Response(status, content=said), {"Authorization": sign_in}).get("x")
    assert "not this: " in str(refused.value)
    assert not any(secret in str(refused.value) for secret in secrets)


@pytest.mark.parametrize(
    "link", ["https://registry.example.com/\x1b[31m", "https://[::1", "https://registry.example.com:x/", "://"]
)
def test_a_next_page_that_is_no_address_is_told(link: str) -> None:
    with pytest.raises(PlatformUnanswered):
        api(httpx.Response(200, content="{}")).get(link)


@pytest.mark.parametrize(
    "link",
    [
        "https://registry.example.com\\@evil.com/x",
        "https://registry.example.com@evil.com/",
        "https://registry.example.com%2eevil.com/",
        "http://registry.example.com/api",
        "https://registry.example.com:8443/api",
    ],
)
def test_a_next_page_that_only_looks_like_ours_gets_no_sign_in(link: str) -> None:
    with pytest.raises(PlatformUnanswered, match="another host than"):
        api(httpx.Response(200, content="{}"), {"Authorization": "Bearer x"}).get(link)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HTTPS_PROXY", "foo://ana:hunter22@proxy", "The proxy"),
        ("HTTPS_PROXY", "http://ana:hunter22@[::1", "The proxy"),
        ("SSL_CERT_FILE", "/nowhere/hunter22.pem", "The certificates"),
    ],
)
def test_an_environment_that_cannot_be_used_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(PlatformUnanswered, match=told) as refused:
        JsonApi(BASE, Deadline(30.0), REFUSALS)
    assert "hunter22" not in str(refused.value)
    assert variable in refused.value.fix


@pytest.mark.parametrize(
    "said", ["9" * 400, "Mon, 01 Jan 2026 00:00:00 +9999999999999999", "Mon, 32 Foo", "-1", "nan", "١٢", ","]
)
def test_a_pause_that_is_none_breaks_nothing(said: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers=[(b"Retry-After", said.encode())], content="{}")

    deadline = Deadline(30.0, sleep=lambda _: None)
    with pytest.raises(PlatformUnanswered, match="503"):
        JsonApi(BASE, deadline, REFUSALS, transport=httpx.MockTransport(answer), tries=2).get("x")


# What is kept

ANSWER = PlatformAnswer("ours", "mlflow", MOMENT, (PlatformVersion("a", "1", created=MOMENT),))


def kept_text(folder: Path, old: str, new: str) -> None:
    text = (folder / NAME).read_text("utf-8")
    assert old in text
    (folder / NAME).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("when", ["2026-07-01T02:30:00", "2026-07-01T04:30:00+02:00"])
def test_a_moment_that_somebody_wrote_there_is_in_utc(tmp_path: Path, when: str) -> None:
    keep_answers(tmp_path, [KeptAnswer("q", ANSWER)])
    kept_text(tmp_path, "2026-07-01T02:30:00Z", when)
    answer = kept_answers(tmp_path)["ours"].answer
    assert answer.asked == answer.versions[0].created == MOMENT


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_an_answer_of_no_day_counts_as_never_asked(tmp_path: Path, when: str) -> None:
    keep_answers(tmp_path, [KeptAnswer("q", ANSWER)])
    kept_text(tmp_path, '"asked":"2026-07-01T02:30:00Z"', f'"asked":"{when}"')
    assert kept_answers(tmp_path) == {}


def test_a_file_that_is_too_large_or_none_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_answers(tmp_path, [KeptAnswer("q", ANSWER)])
    monkeypatch.setattr(platform_answers, "_MOST_BYTES", 10)
    assert kept_answers(tmp_path) == {}
    (tmp_path / NAME).unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / NAME)  # to read it would be to wait for ever
        assert kept_answers(tmp_path) == {}


def test_what_a_run_left_that_was_killed_is_tidied_up(tmp_path: Path) -> None:
    (tmp_path / f".{NAME}.abc123").write_text("half")
    keep_answers(tmp_path, [KeptAnswer("q", ANSWER)])
    assert {path.name for path in tmp_path.iterdir()} <= {NAME, LOCK}


def _keep_many(folder: str, who: str) -> None:
    for number in range(15):
        keep_answers(Path(folder), [KeptAnswer("q", PlatformAnswer(f"{who} {number}", "mlflow", MOMENT))])


def test_two_runs_at_once_lose_nothing(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_keep_many, [str(tmp_path)] * 2, ["one", "two"]))
    assert len(kept_answers(tmp_path)) == 30


_KEEPS_ON = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from registry_sheets.registry.platforms.values import PlatformAnswer, PlatformVersion
from registry_sheets.state.platform_answers import KeptAnswer, keep_answers
versions = tuple(PlatformVersion("m" * 100, str(number)) for number in range(2000))
while True:
    keep_answers(Path(sys.argv[1]), [KeptAnswer("q", PlatformAnswer("a", "mlflow", datetime.now(UTC), versions))])
    print(flush=True)
"""


def test_a_run_that_is_killed_leaves_an_answer_that_is_whole(tmp_path: Path) -> None:
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", _KEEPS_ON, str(tmp_path)], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            process.kill()
        assert len(kept_answers(tmp_path)["a"].answer.versions) == 2000
    keep_answers(tmp_path, [KeptAnswer("q", ANSWER)])  # the lock is free, and nothing is left over
    assert {path.name for path in tmp_path.iterdir()} <= {NAME, LOCK}


def test_what_cannot_be_kept_is_told_and_the_platforms_are_heard_all_the_same() -> None:
    def keep(_: object) -> None:
        raise StateUnusable("It cannot be kept.", "Make room.")

    hearing = AskingNow(lambda _: (ANSWER,), Settled(), keep)
    sheet = table([{}])
    for _ in range(2):  # a pass that starts over tells it again
        heard = hearing(sheet, Lists(), {})
        assert heard.platforms.answers == (ANSWER,)
        assert heard.notices == ("It cannot be kept. Make room.",)
        assert heard.missed == ()


MANY = replace(ANSWER, versions=tuple(PlatformVersion("a", str(number)) for number in range(10)))
NOTHING = replace(ANSWER, versions=())


def test_a_platform_that_lost_all_at_once_is_not_believed_at_once() -> None:
    told = doubted(NOTHING, MANY)
    assert (told.complete, told.missed_versions, told.missed_deployments) == (False, True, True)
    assert "had 10 when it was last asked" in told.missed[0]
    assert doubted(NOTHING, told) is NOTHING
    assert doubted(NOTHING, None) is NOTHING
    assert doubted(NOTHING, ANSWER) is NOTHING
    assert doubted(ANSWER, MANY) is ANSWER
    broken = replace(NOTHING, missed=("It failed.",))
    assert doubted(broken, MANY) is broken


# Config


@pytest.mark.parametrize("name", ["  ", "a\nb", "\x1b[31m", "\u202eabc", "n" * 101])
def test_a_platform_has_a_name_that_can_be_told(name: str) -> None:
    with pytest.raises(ValidationError, match="a name of one line"):
        PlatformSettings(kind="mlflow", url="http://mlflow", name=name)


def test_spaces_around_a_platform_s_name_do_not_count() -> None:
    assert PlatformSettings(kind="mlflow", url="http://mlflow", name=" ours ").label == "ours"
    assert LocationSettings(name="App", platform=" ours ").platform == "ours"


def test_a_token_is_in_no_variable_that_would_be_taken_for_a_setting() -> None:
    with pytest.raises(ValidationError, match="Take another name"):
        PlatformSettings(kind="mlflow", url="http://mlflow", token_env="REGISTRY_SHEETS_MLFLOW")


@pytest.mark.parametrize("regions", [[""], ["eu-west-1", " "]])
def test_a_region_has_a_name(regions: list[str]) -> None:
    with pytest.raises(ValidationError, match="an entry of regions is empty"):
        PlatformSettings(kind="sagemaker", regions=regions)
