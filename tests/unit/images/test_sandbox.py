import math
import os
import select
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest

from lookalike.errors import (
    CorruptImage,
    DecodeTimeout,
    TooManyBytes,
    TooManyPixels,
    UnsafeSvg,
    UnsupportedType,
)
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.images.sandbox import DecodePool


@pytest.fixture(scope="module")
def pool(limits):
    with DecodePool(processes=2, limits=limits, side_px=64, timeout_s=10) as pool:
        yield pool


@pytest.fixture
def lone_pool(limits):
    """One process, and little patience."""
    with DecodePool(processes=1, limits=limits, side_px=64, timeout_s=0.5) as pool:
        yield pool


@pytest.fixture
def patient_pool(limits):
    with DecodePool(processes=1, limits=limits, side_px=64, timeout_s=10) as pool:
        yield pool


def only_process(pool):
    (process,) = pool._processes
    return process


def wait_until_asked(pool):
    process = only_process(pool)
    while process._deadline == math.inf:
        os.sched_yield()


def await_death(pid: int) -> None:
    """Waits for the end of a child that somebody else will reap."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "svg"])
def test_pool_answers_like_prepare(pool, make, limits, tmp_path, kind):
    data = make.file(kind)
    file = tmp_path / "file.of.any.name"
    file.write_bytes(data)
    wanted = prepare(data, limits, side_px=64)
    for found in (pool.prepare(data), pool.prepare(file)):
        assert (found.pixels == wanted.pixels).all()
        for name in (
            "mime",
            "width_px",
            "size_bytes",
            "sha256",
            "phash64",
            "phash256",
            "signature",
        ):
            assert getattr(found, name) == getattr(wanted, name)
        assert found.thumbnail == wanted.thumbnail


def test_pool_time_taken(pool, make, limits):
    exif = make.photo().getexif()
    exif[0x0132] = "2001:02:03 04:05:06"
    data = make.encode(make.photo(), "JPEG", exif=exif)
    assert pool.prepare(data).taken_at == prepare(data, limits, side_px=64).taken_at


def test_pool_many_at_once(pool, make):
    data = [make.encode(make.photo(seed=seed), "PNG") for seed in range(40)]
    futures = [pool.submit(one) for one in data]
    found = [future.result().pixels for future in futures]
    assert len({pixels.tobytes() for pixels in found}) == 40


def test_pool_relative_path(pool, make, tmp_path, monkeypatch):
    (tmp_path / "a.jpg").write_bytes(make.file("jpeg"))
    monkeypatch.chdir(tmp_path)
    assert pool.prepare((tmp_path / "a.jpg").relative_to(tmp_path)).width_px == 96


def test_pool_name_that_is_not_utf8(pool, make, tmp_path):
    file = tmp_path / os.fsdecode(b"\xff.jpg")
    file.write_bytes(make.file("jpeg"))
    assert pool.prepare(file).width_px == 96


# --- what a picture or a file may be refused for ---------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "source"),
    [
        (CorruptImage, lambda make: b""),
        (CorruptImage, lambda make: make.file("png")[:100]),
        (UnsupportedType, lambda make: b"hello"),
        (UnsafeSvg, lambda make: make.svg("", head="<!DOCTYPE svg>")),
        (TooManyPixels, lambda make: make.png(12_000, 12_000)),
        (TooManyBytes, lambda make: bytes(25 * 1024**2 + 1)),
    ],
)
@pytest.mark.parametrize("from_file", [False, True])
def test_pool_refuses(pool, make, tmp_path, wanted, source, from_file):
    data = source(make)
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.raises(wanted) as caught:
        pool.prepare(file if from_file else data)
    assert type(caught.value) is wanted
    assert str(caught.value)


def test_pool_huge_file_is_not_read(pool, tmp_path):
    file = tmp_path / "huge.jpg"
    with file.open("wb") as out:
        out.truncate(2**42)  # sparse: reading it would take memory and hours
    with pytest.raises(TooManyBytes, match="4,398,046,511,104"):
        pool.prepare(file)


def test_pool_file_that_is_not_there(pool, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        pool.prepare(tmp_path / "none.jpg")
    assert caught.value.filename == str(tmp_path / "none.jpg")


def test_pool_pipe_does_not_hang(pool, tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UnsupportedType, match="not a regular file"):
        pool.prepare(tmp_path / "pipe.jpg")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/tty", "/"])
def test_pool_device_or_folder(pool, tmp_path, path):
    with pytest.raises(UnsupportedType, match="not a regular file"):
        pool.prepare(Path(path))


def test_pool_file_without_a_size(pool, tmp_path):
    with pytest.raises(CorruptImage, match="empty"):
        pool.prepare(Path("/proc/self/maps"))


# --- processes that die ----------------------------------------------------------------------


def test_pool_hanging_picture(lone_pool, make):
    hanging = lone_pool.submit(make.busy_svg())
    after = lone_pool.submit(make.file("jpeg"))
    with pytest.raises(DecodeTimeout, match="took longer"):
        hanging.result()
    assert after.result().width_px == 96


def test_pool_drawing_has_less_time(limits, make):
    pool = DecodePool(processes=1, limits=limits, side_px=64, timeout_s=60)
    # At the limit of processor time, which is twice as long, the reason would be another.
    with pool, pytest.raises(DecodeTimeout, match="took longer"):
        pool.prepare(make.busy_svg())


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no such limit")
def test_pool_memory_hog(limits, make):
    wide = Limits(max_bytes=limits.max_bytes, max_pixels=10**10, max_avif_pixels=10**10)
    with DecodePool(
        processes=1, limits=wide, side_px=64, timeout_s=60, max_memory_bytes=512 * 1024**2
    ) as pool:
        with pytest.raises(DecodeTimeout, match="memory"):
            pool.prepare(make.png(50_000, 50_000))
        assert pool.prepare(make.png(1, 1, pixels=b"\0\0")).width_px == 1


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (signal.SIGKILL, DecodeTimeout),
        (signal.SIGXCPU, DecodeTimeout),
        (signal.SIGSEGV, CorruptImage),
        (signal.SIGABRT, CorruptImage),
        (signal.SIGTERM, CorruptImage),
    ],
)
def test_pool_process_dies_at_work(patient_pool, make, number, wanted):
    patient_pool.prepare(make.file("jpeg"))
    fatal = patient_pool.submit(make.busy_svg())
    after = [patient_pool.submit(make.file("png")) for _ in range(3)]
    wait_until_asked(patient_pool)
    os.kill(only_process(patient_pool).pid, number)
    with pytest.raises(wanted):
        fatal.result()
    assert [future.result().width_px for future in after] == [96, 96, 96]


def test_pool_process_dies_idle(patient_pool, make):
    patient_pool.prepare(make.file("jpeg"))
    pid = only_process(patient_pool).pid
    os.kill(pid, signal.SIGKILL)
    await_death(pid)
    assert patient_pool.prepare(make.file("jpeg")).width_px == 96


def test_pool_process_stopped(lone_pool, make):
    lone_pool.prepare(make.file("jpeg"))
    os.kill(only_process(lone_pool).pid, signal.SIGSTOP)
    with pytest.raises(DecodeTimeout):
        lone_pool.prepare(bytes(10 * 1024**2))  # more than the socket takes unread
    assert lone_pool.prepare(make.file("jpeg")).width_px == 96


def test_pool_processes_ignore_interrupt(patient_pool, make):
    patient_pool.prepare(make.file("jpeg"))
    pid = only_process(patient_pool).pid
    os.kill(pid, signal.SIGINT)
    assert patient_pool.prepare(make.file("jpeg")).width_px == 96
    assert only_process(patient_pool).pid == pid


def test_pool_processes_are_out_of_reach_of_the_terminal(patient_pool, make):
    patient_pool.prepare(make.file("jpeg"))
    assert os.getpgid(only_process(patient_pool).pid) != os.getpgrp()


# --- the owner -------------------------------------------------------------------------------


def test_pool_close_cancels_what_waits(limits, make):
    pool = DecodePool(processes=1, limits=limits, side_px=64, timeout_s=10)
    pool.prepare(make.file("jpeg"))
    futures = [pool.submit(make.busy_svg()) for _ in range(3)]
    wait_until_asked(pool)
    pool.close()
    pool.close()
    for future in futures:
        with pytest.raises(CancelledError):
            future.result()
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(b"")


def test_pool_cancelled_future_is_passed_over(patient_pool, make):
    busy = patient_pool.submit(make.file("jpeg"))
    waiting = [patient_pool.submit(make.file("png")) for _ in range(5)]
    assert waiting[-1].cancel()
    assert busy.result().width_px == 96
    assert waiting[0].result().width_px == 96


def test_pool_unused_starts_nothing(limits):
    with DecodePool(processes=2, limits=limits, side_px=64, timeout_s=10) as pool:
        assert not pool._processes


SCRIPT = """
    import os, signal, sys
    from io import BytesIO
    from PIL import Image
    from lookalike.images.decode import Limits
    from lookalike.images.sandbox import DecodePool

    limits = Limits(max_bytes=10**6, max_pixels=10**6, max_avif_pixels=10**6)
    pool = DecodePool(processes=2, limits=limits, side_px=8, timeout_s=10)
    buffer = BytesIO()
    Image.new("RGB", (9, 9), "red").save(buffer, "PNG")
    futures = [pool.submit(buffer.getvalue()) for _ in range(20)]
    print(sum(future.result().width_px for future in futures), flush=True)
    print(*(process.pid for process in pool._processes), flush=True)
"""


def run_script(folder, ending: str = "") -> subprocess.CompletedProcess:
    file = folder / "script.py"  # without a guard around its main part
    file.write_text(textwrap.dedent(SCRIPT) + ending)
    return subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=60, cwd=folder
    )


def test_pool_in_a_script_without_main_guard(tmp_path):
    done = run_script(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "180"


def test_pool_runs_nothing_from_the_current_folder(tmp_path):
    (tmp_path / "work").mkdir()
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    for name in ("PIL", "numpy", "json", "lookalike"):
        (tmp_path / "work" / f"{name}.py").write_text("raise SystemExit('hijacked')")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=60, cwd=tmp_path / "work"
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_pool_processes_end_with_their_killed_owner(tmp_path):
    done = run_script(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)\n")
    assert done.returncode == -signal.SIGKILL
    pids = [int(pid) for pid in done.stdout.splitlines()[1].split()]
    assert pids
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        ended = poll.poll(30_000)
        os.close(descriptor)
        assert ended


def test_pool_pixels_may_be_stacked(pool, make):
    pictures = [pool.prepare(make.file(kind)) for kind in ("jpeg", "png")]
    assert np.stack([picture.pixels for picture in pictures]).shape == (2, 64, 64, 3)
