"""What the doctor says of entries of feeds.yaml: their files, their connections, their feeds."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from feeds import doctorfeeds
from feeds.doctorfeeds import Finding, Running
from feeds.tally import Report

HTTP = "- {{name: {0}, kind: http, crs: wgs84, token: 'sha256:{1}', roster: {2}}}"
TCP = "- {{name: {0}, kind: gps103, crs: wgs84, listen: '127.0.0.1:{1}', roster: roster.csv}}"
TOKEN, OTHER = "ab" * 32, "cd" * 32


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Patient:
    """A folder with a feeds.yaml, examined."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "feeds.yaml"
        (folder / "roster.csv").write_text("device,worker\n1,W1\n2,W2\n")

    def __call__(self, *entries: str, reports: dict[str, Report] | None = None, strange: str = "") -> list[Finding]:
        self.path.write_text("feeds:\n" + "\n".join(entries))
        running = None if reports is None else Running(reports, lambda name: strange.split())
        return doctorfeeds.examine(self.path, running, {8050: "the wall"})


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def said(found: list[Finding], level: str) -> list[str]:
    return [f"{one.what}: {one.said}" for one in found if one.level == level]


def test_no_file_and_no_entries_are_no_fault(patient: Patient) -> None:
    [found] = doctorfeeds.examine(patient.path, None, {})
    assert found.level == "ok" and "nothing is connected" in found.said
    patient.path.write_text("feeds: []")
    assert [one.level for one in doctorfeeds.examine(patient.path, None, {})] == ["ok"]


def test_all_is_well(patient: Patient, free: int) -> None:
    off = f"- {{name: c, kind: http, enabled: false, crs: wgs84, token: 'sha256:{OTHER}'}}"
    found = patient(HTTP.format("a", TOKEN, "roster.csv"), TCP.format("b", free), off)
    assert {one.level for one in found} == {"ok"}
    assert said(found, "ok") == [
        f"a: roster {patient.folder}/roster.csv, 2 rows", f"b: roster {patient.folder}/roster.csv, 2 rows",
        f"b: port 127.0.0.1:{free} is free", "c: is not enabled",
    ]  # fmt: skip


def test_entries_that_cannot_be_read(patient: Patient) -> None:
    found = patient("- {name: a, kind: pigeon}", "- {name: b, kind: gps103}")
    assert [one.split()[:2] for one in said(found, "wrong")] == [["a:", "kind"], ["b:", "crs"]]
    assert all("feeds.example.yaml" in one.mend for one in found)


def test_files_that_are_missing_empty_or_wrong(patient: Patient) -> None:
    (patient.folder / "empty.csv").write_text("\n")
    (patient.folder / "odd.csv").write_text("device,who\n1,2\n")
    found = patient(
        HTTP.format("a", TOKEN, "none.csv"),
        HTTP.format("b", OTHER, "empty.csv"),
        HTTP.format("c", "ef" * 32, "odd.csv"),
    )
    missing, empty, odd = said(found, "wrong")
    assert missing.endswith("none.csv: No such file or directory")
    assert "no column device" in empty and "no column worker" in odd


def test_a_secret_that_others_can_read(patient: Patient) -> None:
    secret, url = patient.folder / "secret", "http://127.0.0.1:1"
    secret.write_text("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")
    secret.chmod(0o644)
    entry = f"- {{name: hook, kind: webhook, url: '{url}', secret_file: secret}}"
    [one] = [one for one in patient(entry) if one.level == "warning"]
    assert one.mend == f"chmod 600 {secret}"
    secret.chmod(0o600)
    found = patient(entry)
    assert said(found, "warning") == []
    assert said(found, "wrong")[-1] == f"hook: {url}: Connection refused"


def test_what_two_may_not_share(patient: Patient) -> None:
    found = patient(
        HTTP.format("a", TOKEN, "roster.csv"), HTTP.format("b", TOKEN, "roster.csv"), TCP.format("c", 8050),
        HTTP.format("d", "0" * 64, "roster.csv"),
    )  # fmt: skip
    wrong = [one for one in said(found, "wrong") if "port 127" not in one]
    assert wrong == [
        "b: has the token of a, so that one cannot be told from the other", "c: listens on port 8050, as the wall does",
        "d: has the token of an example, which nobody can know",
    ]  # fmt: skip


def test_departments_that_the_citys_pack_does_not_have(patient: Patient) -> None:
    (patient.folder / "secret").write_text("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0")
    told = "- {name: hook, kind: webhook, url: 'http://127.0.0.1:1', secret_file: secret, departments: [fire, DEPTS]}"
    for names in ("urban_mgnt", "x, urban_mgmt"):
        patient.path.write_text("feeds:\n" + told.replace("DEPTS", names))
        found = doctorfeeds.examine(patient.path, None, {}, "changzhou")
        [wrong] = [one for one in found if one.said.startswith("departments:")]
        first = names.partition(",")[0]
        assert (wrong.level, wrong.what) == ("wrong", "hook")
        assert wrong.said.startswith(f"departments: {first} is no department of changzhou")
        assert wrong.mend.startswith("did you mean urban_mgmt? ") == (first == "urban_mgnt")
        assert "city.yaml" in wrong.mend
    assert not [one for one in doctorfeeds.examine(patient.path, None, {}) if one.said.startswith("departments:")]


def test_a_port_that_is_taken_is_ours_when_our_feed_runs(patient: Patient, free: int) -> None:
    with socket.create_server(("127.0.0.1", free)):
        assert said(patient(TCP.format("a", free), reports={}), "wrong") == [
            f"a: port 127.0.0.1:{free}: Address already in use"
        ]
        found = patient(TCP.format("a", free), reports={"a": Report("gps103", "running")})
        assert f"a: port 127.0.0.1:{free} is ours" in said(found, "ok")


@pytest.mark.parametrize(("entry", "why"), [
    ("kind: redis, url: 'redis://127.0.0.1:1', stream: s", "refused"),
    ("kind: redis, url: 'redis://a:secret@127.0.0.1:1?password=secret', stream: s", "127.0.0.1:1:"),
    ("kind: redis, url: 'http://127.0.0.1:1', stream: s", "refused"),
    ("kind: owntracks, broker: 'mqtt://127.0.0.1:1', roster: roster.csv", "refused"),
    ("kind: owntracks, broker: '127.0.0.1', roster: roster.csv", "mqtt://host:1883"),
    ("kind: open311, url: 'http://127.0.0.1:1'", "refused"),
    ("kind: sensors, broker: 'mqtt://127.0.0.1:1', topics: [a], map: none", "none"),
])  # fmt: skip
def test_connections_that_cannot_be_had(patient: Patient, entry: str, why: str) -> None:
    wrong = said(patient(f"- {{name: a, crs: wgs84, {entry}}}"), "wrong")
    assert why in wrong[0] and "secret" not in wrong[0]


def test_another_redis_that_is_there(patient: Patient, log_url: str) -> None:
    found = patient(f"- {{name: a, kind: redis, crs: wgs84, url: '{log_url}', stream: s}}")
    assert said(found, "wrong") == [] and "entries in s" in said(found, "ok")[0]


@pytest.mark.parametrize(("report", "level", "why"), [
    (None, "warning", "does not run"), (Report("http", "silent"), "warning", "has ended"),
    (Report("http", "waiting", "no broker"), "warning", "no broker"), (Report("http", "refused", "x"), "wrong", "x"),
    (Report("http", "running", "roster.csv, line 2: device is empty"), "warning", "line 2"),
    (Report("http", "running", skew_ms=-9000), "warning", "9 s ahead of ours"),
    (Report("http", "running", skew_ms=90_000), "warning", "90 s"),
    (Report("http", "running", unknown=3), "warning", "3 messages came from devices nobody knows: p1, p2, p3"),
    (Report("http", "running", records=5, rejected=2), "ok", "5 records; 2 refused: python app.py deadletters"),
])  # fmt: skip
def test_what_a_feed_says_of_itself(patient: Patient, report: Report | None, level: str, why: str) -> None:
    reports = {"a": report} if report else {}
    last = patient(HTTP.format("a", TOKEN, "roster.csv"), reports=reports, strange="p1 p2 p3 p4")[-1]
    assert last.level == level and why in last.said
