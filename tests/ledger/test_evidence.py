"""Evidence files: streamed, kept once, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, UsageProblem
from ledger.storage.evidence import EvidenceStore
from tests.ledger.office import SUN, Office


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "整改后照片.jpg"
    path.write_bytes(b"\xff\xd8photo")
    return path


def everything(store: EvidenceStore) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def refused(store: EvidenceStore, path: Path) -> str:
    """Why a file cannot be evidence; nothing is kept of it."""
    before = everything(store)
    with pytest.raises(UsageProblem) as error:
        store.add(path)
    assert everything(store) == before
    assert error.value.exit_code == 2
    what, why, todo = error.value.parts()
    assert str(path) in what
    assert todo
    return why


def test_a_file_is_kept_under_the_sha_256_of_its_bytes(
    store: EvidenceStore, photo: Path
) -> None:
    stored = store.add(photo)
    assert stored.digest == hashlib.sha256(b"\xff\xd8photo").hexdigest()
    assert (stored.name, stored.size) == ("整改后照片.jpg", 7)
    kept = store.path(stored.digest)
    assert kept.read_bytes() == photo.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o444
    assert everything(store) == [kept]


def test_the_same_bytes_are_kept_once_under_any_name(
    store: EvidenceStore, photo: Path
) -> None:
    first = store.add(photo)
    before = store.path(first.digest).stat()
    second = store.add(photo.rename(photo.with_name("另名.jpg")))
    assert second.digest == first.digest
    assert second.name == "另名.jpg"
    after = store.path(first.digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_large_file_is_streamed(store: EvidenceStore, tmp_path: Path) -> None:
    path = tmp_path / "录像.mp4"
    size = 48 << 20
    with path.open("wb") as file:
        file.truncate(size)
    told: list[int] = []
    tracemalloc.start()
    stored = store.add(path, progress=told.append)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stored.size == size == sum(told)
    assert peak < 8 << 20
    assert len(told) > 10


@given(st.binary(min_size=1, max_size=4096))
def test_what_comes_out_is_what_went_in(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    store = EvidenceStore(tmp_path_factory.getbasetemp() / "any")
    stored = store.add_stream(io.BytesIO(content), "附件")
    assert store.path(stored.digest).read_bytes() == content
    assert not list(store.faults([stored.digest]))


def test_a_folder_is_no_evidence(store: EvidenceStore, tmp_path: Path) -> None:
    assert "no ordinary file" in refused(store, tmp_path)


def test_a_file_that_is_not_there_is_no_evidence(
    store: EvidenceStore, tmp_path: Path
) -> None:
    assert "No such file" in refused(store, tmp_path / "没有.jpg")
    assert "Not a directory" in refused(store, Path(__file__) / "below")


def test_an_empty_file_is_no_evidence(store: EvidenceStore, tmp_path: Path) -> None:
    path = tmp_path / "空.txt"
    path.touch()
    assert "empty" in refused(store, path)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty", "/dev/full"])
def test_a_device_is_no_evidence(store: EvidenceStore, device: str) -> None:
    assert refused(store, Path(device))


def test_a_pipe_or_socket_is_no_evidence_and_does_not_hang(
    store: EvidenceStore, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "no ordinary file" in refused(store, tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert refused(store, tmp_path / "socket")


def test_a_link_out_of_its_folder_is_no_evidence(
    store: EvidenceStore, photo: Path, tmp_path: Path
) -> None:
    (tmp_path / "附件").mkdir()
    link = tmp_path / "附件" / "照片.jpg"
    link.symlink_to(photo)
    assert str(photo) in refused(store, link)
    link.unlink()
    link.symlink_to("../整改后照片.jpg")
    assert "It is a link" in refused(store, link)


def test_a_link_inside_its_folder_is_the_file(
    store: EvidenceStore, photo: Path
) -> None:
    link = photo.with_name("最新.jpg")
    link.symlink_to(photo.name)
    stored = store.add(link)
    assert stored.name == "最新.jpg"
    assert store.path(stored.digest).read_bytes() == photo.read_bytes()


def test_links_that_lead_nowhere_or_round_are_no_evidence(
    store: EvidenceStore, tmp_path: Path
) -> None:
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "round").symlink_to("round")
    assert refused(store, tmp_path / "nowhere")
    assert refused(store, tmp_path / "round")


@pytest.mark.parametrize("growing", [True, False])
def test_a_file_that_changes_while_it_is_read_is_not_kept(
    store: EvidenceStore, tmp_path: Path, growing: bool
) -> None:
    path = tmp_path / "日志.txt"
    path.write_bytes(b"x" * (3 << 20))
    before = path.stat().st_mtime_ns

    def meddle(_: int) -> None:
        if growing:
            with path.open("ab") as file:
                file.write(b"more")
        else:
            path.write_bytes(b"y")
        os.utime(path, ns=(before, before + 1))

    with pytest.raises(UsageProblem, match="changed while it was read"):
        store.add(path, progress=meddle)
    assert everything(store) == []


def test_a_file_that_vanishes_while_it_is_read_is_kept_whole(
    store: EvidenceStore, tmp_path: Path
) -> None:
    path = tmp_path / "照片.jpg"
    content = os.urandom(3 << 20)
    path.write_bytes(content)
    stored = store.add(path, progress=lambda _: path.unlink(missing_ok=True))
    assert store.path(stored.digest).read_bytes() == content


def test_a_file_that_cannot_be_read_to_its_end_is_told(
    store: EvidenceStore, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Torn(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

        def fileno(self) -> int:
            return self.descriptor

        descriptor: int

    real = os.fdopen

    def opened(descriptor: int, mode: str) -> object:
        if mode != "rb":
            return real(descriptor, mode)
        torn = Torn()
        torn.descriptor = descriptor
        return torn

    monkeypatch.setattr(os, "fdopen", opened)
    assert "Input/output error" in refused(store, photo)


def test_a_source_that_breaks_off_leaves_nothing_and_keeps_its_own_error(
    store: EvidenceStore,
) -> None:
    class Cut(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionResetError("cut")
            return super().read(10)

    with pytest.raises(ConnectionResetError):
        store.add_stream(Cut(b"x" * 100), "附件")
    assert everything(store) == []


def test_a_full_disk_is_told_and_leaves_nothing(
    store: EvidenceStore, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError, match="No space left") as error:
        store.add(photo)
    assert error.value.exit_code == 1
    assert all(error.value.parts())
    assert everything(store) == []


def test_missing_and_changed_files_are_told_apart(
    store: EvidenceStore, photo: Path
) -> None:
    digest = store.add(photo).digest
    assert list(store.faults([digest, "0" * 64])) == [("0" * 64, "missing")]
    store.path(digest).chmod(0o644)
    store.path(digest).write_bytes(b"another photo")
    assert list(store.faults([digest])) == [(digest, "changed")]


def test_effective_date_and_upload_date_are_two(office: Office) -> None:
    ref = office.started()
    path = office.ledger.folder / "签到表.txt"
    path.write_text("签到")
    office.later(days=3)
    item = office.ledger.add_evidence(
        ref,
        office.ledger.evidence.add(path),
        office.who(SUN),
        kind="photo",
        effective=office.find(ref).registered_on,
    )
    (kept,) = item.evidence
    assert kept.effective == item.registered_on
    assert kept.added[:10] > item.registered_on.isoformat()
    assert (kept.kind, kept.by, kept.unit) == ("photo", office.person(SUN), "u2")


def test_several_revisions_of_one_file_are_all_kept(office: Office) -> None:
    ref = office.started()
    office.add_evidence(ref, SUN, "第一稿")
    item = office.add_evidence(ref, SUN, "第二稿")
    assert [kept.number for kept in item.evidence] == [1, 2]
    assert len({kept.digest for kept in item.evidence}) == 2
    assert not list(office.ledger.evidence.faults(e.digest for e in item.evidence))
