"""The command line in processes of its own, as a person or a script runs it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

RUNNER = [sys.executable, str(Path(__file__).with_name("cli_runner.py"))]
COLOURS = {"red": (220, 30, 30), "blue": (35, 60, 210), "green": (40, 160, 50)}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run_at(library: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*RUNNER, *map(str, arguments)],
        env={**os.environ, "LOOKALIKE_LIBRARY": str(library), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def draw(colour: tuple[int, int, int], size: tuple[int, int] = (320, 200)) -> Image.Image:
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((size[0] // 6, 40, size[0] // 2, 90), fill=(250, 250, 250))
    return picture


def make_pictures(folder: Path) -> Path:
    (folder / "trips").mkdir(parents=True)
    for name, colour in COLOURS.items():
        draw(colour).save(folder / f"{name}.jpg", quality=90)
        draw(colour, (200, 320)).save(folder / "trips" / f"{name}.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pictures(tmp_path_factory.mktemp("cli") / "pictures")


@pytest.fixture(scope="module")
def run(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command on a library that holds `pictures`; tests leave it as it is."""
    library = tmp_path_factory.mktemp("cli") / "lib"
    made = run_at(library, "index", pictures)
    assert made.returncode == 0, made.stderr

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_at(library, *arguments, **environment)

    return run


def results(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [result["name"] for result in json.loads(done.stdout)["results"]]


# --- what a person does -------------------------------------------------------------------


def test_index_reports_and_goes_on(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "pictures")
    first = run_at(tmp_path / "lib", "index", folder)
    assert first.returncode == 0
    assert "7 files seen" in first.stdout
    assert "6 pictures indexed" in first.stdout
    assert "1 skipped: corrupt_image" in first.stdout
    assert "index: " in first.stderr
    draw((250, 150, 30)).save(folder / "orange.jpg")
    again = json.loads(run_at(tmp_path / "lib", "index", "--json").stdout)
    assert (again["added"], again["indexed"], again["unchanged"]) == (1, 1, 7)
    assert again["skipped"] == {}
    assert again["interrupted"] is False


def test_search_json_has_the_promised_shape(run: Run, pictures: Path) -> None:
    done = run("search", "red", "--json", "--limit", 2)
    answer = json.loads(done.stdout)
    assert set(answer) == {
        "results",
        "coverage",
        "took_ms",
        "next_cursor",
        "terms",
        "suggestions",
        "bands_calibrated",
    }
    assert answer["terms"] == [{"text": "red", "weight": 1.0, "phrases": []}]
    first = answer["results"][0]
    known = {"asset_id", "path", "name", "score", "band", "relation", "named", "variants"}
    assert set(first) == known
    assert Path(first["path"]).name == first["name"]
    assert first["band"] == "strong"
    assert first["relation"] is None
    assert answer["coverage"]["indexed"] == 6
    assert answer["coverage"]["total"] == 7
    assert answer["coverage"]["pending"] == 0
    assert answer["coverage"]["skipped"] == {"corrupt_image": 1}
    assert answer["took_ms"] > 0
    assert done.stderr == ""


def test_search_in_a_pipe_prints_lines(run: Run, pictures: Path) -> None:
    done = run("search", "blue", "--limit", 2)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert {line[2] for line in lines} == {
        str(pictures / "blue.jpg"),
        str(pictures / "trips" / "blue.png"),
    }
    assert {line[0] for line in lines} == {"strong"}
    assert "6 of 7 pictures searchable (1 skipped)" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_search_words_need_no_quotes(run: Run) -> None:
    assert results(run("search", "very", "green", "--json")) == results(
        run("search", "very green", "--json")
    )


def test_search_says_how_it_read_the_words(run: Run, pictures: Path) -> None:
    done = run("search", "blue", "without", "red")
    assert "read as: blue, less of “red” (--literal" in done.stderr
    assert "read as" not in run("search", "blue without red", "--literal").stderr
    folder = run("search", "trips")
    assert "only in the folder “trips” (3): --folder trips" in folder.stderr
    assert "did you mean: blue umbrella" in run("search", "blue umbrela").stderr
    picture = next(pictures.glob("*.jpg"))
    assert f"by this picture: --image {picture}" in run("search", picture).stderr
    assert "there is no file gone/a.jpg" in run("search", "gone/a.jpg").stderr
    assert "--url https://a.example/b" in run("search", "https://a.example/b").stderr
    quoted = json.loads(run("search", '"green.jp"', "--json", "--limit", 1).stdout)
    assert quoted["results"][0]["name"] == "green.jpg"
    assert quoted["results"][0]["named"] == "name"


def test_explain_shows_what_each_part_of_the_query_did(run: Run, pictures: Path) -> None:
    done = run("explain", pictures / "red.jpg", "red", "without", "blue")
    assert "spreads above unrelated pictures" in done.stdout
    assert "red\n" in done.stdout
    assert "less of blue\n" in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith("      |")]) == 12
    answer = json.loads(run("explain", pictures / "red.jpg", "red", "--json").stdout)
    assert answer["terms"][0]["share"] == 1
    assert run("explain", pictures / "red.jpg").returncode == 2
    assert "is not in this library" in run("explain", pictures / "no.jpg", "red").stderr


def test_search_by_image_like_and_minus(run: Run, pictures: Path) -> None:
    by_image = json.loads(run("search", "--image", pictures / "red.jpg", "--json").stdout)
    assert by_image["results"][0]["name"] == "red.jpg"
    assert by_image["results"][0]["relation"] == "identical"
    like = json.loads(run("search", "--like", pictures / "red.jpg", "--json").stdout)
    assert like["results"][0]["relation"] == "self"
    assert results(run("search", "red blue", "--minus-text", "blue", "--json"))[0] in {
        "red.jpg",
        "red.png",
    }
    assert results(run("search", "--minus-text", "red", "--json"))[-1] in {"red.jpg", "red.png"}
    for option in ("--minus-image", "--minus-like"):
        found = results(run("search", "white", option, pictures / "red.jpg", "--json"))
        assert found[-1] in {"red.jpg", "red.png"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--folder", "trips"], {"red.png", "blue.png", "green.png"}),
        (["--type", "jpeg"], {"red.jpg", "blue.jpg", "green.jpg"}),
        (
            ["--type", "jpeg", "--type", "png", "--min-height", "300"],
            {"red.png", "blue.png", "green.png"},
        ),
        (["--orientation", "landscape"], {"red.jpg", "blue.jpg", "green.jpg"}),
        (["--max-width", "250"], {"red.png", "blue.png", "green.png"}),
        (["--min-width", "1000"], set()),
        (["--max-height", "250"], {"red.jpg", "blue.jpg", "green.jpg"}),
        (["--tag", "holiday"], set()),
        (["--name", "N.PN"], {"green.png"}),
        (["--before", "2001-01-01"], set()),
        (["--after", "2001-01-01", "--folder", "trips"], {"red.png", "blue.png", "green.png"}),
    ],
)
def test_search_filters(run: Run, options: list[str], expected: set[str]) -> None:
    assert set(results(run("search", "red", "--json", *options))) == expected


def test_search_by_a_colour_alone(run: Run) -> None:
    assert set(results(run("search", "--colour", "green", "--json"))) == {"green.jpg", "green.png"}


def test_search_goes_on_from_a_cursor(run: Run) -> None:
    first = json.loads(run("search", "red", "--json", "--limit", 4).stdout)
    second = run("search", "red", "--json", "--limit", 4, "--cursor", first["next_cursor"])
    seen = [result["asset_id"] for result in first["results"]]
    seen += [result["asset_id"] for result in json.loads(second.stdout)["results"]]
    assert len(set(seen)) == len(seen) == 6


def test_status_says_what_is_missing_and_why(run: Run, pictures: Path) -> None:
    text = run("status").stdout
    assert "6 of 7 pictures searchable (1 skipped)" in text
    assert f"{pictures / 'broken.jpg'}: " in text
    assert "fake-colours-1" in text
    answer = json.loads(run("status", "--json").stdout)
    assert answer["coverage"]["skipped"] == {"corrupt_image": 1}
    assert answer["skipped"][0]["reason"] == "corrupt_image"
    assert answer["roots"] == [str(pictures)]
    assert answer["size_bytes"]["database"] > 0


def test_status_names_a_few_skipped_files_or_all(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    run_at(tmp_path / "lib", "index", folder)
    few = json.loads(run_at(tmp_path / "lib", "status", "--json").stdout)
    everything = json.loads(run_at(tmp_path / "lib", "status", "--skipped", "--json").stdout)
    assert (len(few["skipped"]), len(everything["skipped"])) == (3, 5)


def test_remove_and_rebuild(tmp_path: Path) -> None:
    library, folder = tmp_path / "lib", make_pictures(tmp_path / "pictures")
    run_at(library, "index", folder)
    removed = json.loads(run_at(library, "remove", folder / "red.jpg", "--json").stdout)
    assert [asset["path"] for asset in removed["removed"]] == [str(folder / "red.jpg")]
    assert json.loads(run_at(library, "rebuild", "--json").stdout) == {"vectors": 5}
    assert "5 vectors" in run_at(library, "rebuild").stdout
    assert "red.jpg" not in results(run_at(library, "search", "red", "--json"))
    assert (folder / "red.jpg").exists()


def test_library_may_be_chosen_before_and_after_the_command(run: Run, tmp_path: Path) -> None:
    for arguments in (("--library", tmp_path, "status"), ("status", "--library", tmp_path)):
        done = run(*arguments)
        assert done.returncode == 1
        assert f"There is no library in {tmp_path}" in done.stderr


def test_version() -> None:
    done = run_at(Path("unused"), "--version")
    assert done.stdout.startswith("lookalike 0.")


# --- what goes wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["search", "red", "--nonsense"],
        ["search"],
        ["search", " "],
        ["search", "red", "--type", "bmp"],
        ["search", "red", "--after", "yesterday"],
        ["search", "red", "--limit", "0"],
        ["search", "red", "--limit", "many"],
        ["search", "red", "--min-width", "-1"],
        ["search", "red", "--cursor", "nonsense"],
        ["search", "red", "--orientation", "up"],
        ["search", "--image", "/nowhere.jpg"],
        ["search", "--image", "/"],
        ["search", "--url", "ftp://example.org/a.jpg"],
        ["search", "--url", "http://127.0.0.1/a.jpg"],
        ["search", "red", "--minus-text", "red", "--minus-text", "red"],
        ["index", "/nowhere"],
        ["index", __file__],
        ["remove"],
    ],
)
def test_wrong_usage_is_one_line_and_code_2(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("lookalike: ")
    as_json = run(*arguments, "--json")
    assert as_json.returncode == 2
    assert as_json.stdout == ""
    error = json.loads(as_json.stderr)["error"]
    assert set(error) == {"code", "message"}
    assert error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "--like", "/nowhere.jpg"],
        ["search", "--image", "BROKEN"],
        ["remove", "unknown"],
    ],
)
def test_failure_is_one_line_and_code_1(run: Run, pictures: Path, arguments: list[str]) -> None:
    named = [str(pictures / "broken.jpg") if a == "BROKEN" else a for a in arguments]
    done = run(*named)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert "Traceback" in run(*named, "--debug").stderr


def test_library_that_is_none_is_one_line_and_code_1(tmp_path: Path, pictures: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "library.db").write_bytes(b"not a database" * 1000)
    for library, command in (
        (file, ["status"]),
        (tmp_path / "none", ["search", "red"]),
        (damaged, ["search", "red"]),
        (file, ["index", str(pictures)]),
        (pictures, ["index", str(pictures)]),
        (tmp_path / "none", ["index"]),
    ):
        done = run_at(library, *command)
        assert done.returncode == 1, (library, command)
        assert len(done.stderr.splitlines()) == 1


def test_bad_setting_is_wrong_usage(run: Run) -> None:
    done = run("status", LOOKALIKE_MAX_PIXELS="many")
    assert done.returncode == 2
    assert "LOOKALIKE_MAX_PIXELS" in done.stderr


def test_search_switched_off_fails_with_its_code(run: Run) -> None:
    done = run("search", "red", "--json", LOOKALIKE_VISUAL_SEARCH="no")
    assert done.returncode == 1
    assert json.loads(done.stderr)["error"]["code"] == "visual_search_disabled"


def test_no_arguments_shows_the_help() -> None:
    done = run_at(Path("unused"))
    assert done.returncode == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize("options", [["--json"], []])
def test_broken_pipe_is_quiet(run: Run, options: list[str]) -> None:
    library = json.loads(run("status", "--json").stdout)["library"]
    reader, writer = os.pipe()
    os.close(reader)  # nobody reads, as after `| head` has seen enough
    done = subprocess.run(
        [*RUNNER, "--library", library, "search", "red", *options],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 1
    assert "rror" not in done.stderr


def test_names_from_strangers_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw(COLOURS["red"]).save(folder / "evil\x1b[31m\n[bold]name.jpg")
    run_at(tmp_path / "lib", "index", folder)
    done = run_at(tmp_path / "lib", "search", "red")
    assert "\x1b" not in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert r"evil\x1b[31m\n[bold]name.jpg" in done.stdout


def test_ascii_terminal_does_not_end_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    draw(COLOURS["red"]).save(folder / "été.jpg")
    run_at(tmp_path / "lib", "index", folder)
    done = run_at(tmp_path / "lib", "search", "red", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert r"\xe9t\xe9.jpg" in done.stdout


def test_interrupt_during_index_ends_with_130(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(60):
        draw((number * 4, 255 - number * 4, 100), (1600, 1200)).save(folder / f"{number}.png")
    process = subprocess.Popen(
        [*RUNNER, "--library", str(tmp_path / "lib"), "index", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "LOOKALIKE_DECODE_PROCESSES": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("index:"):
            break
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to all of its processes
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "run the same command again" in err
    again = run_at(tmp_path / "lib", "index", folder, "--json")
    assert json.loads(again.stdout)["unchanged"] == 60
    assert (
        json.loads(run_at(tmp_path / "lib", "status", "--json").stdout)["coverage"]["indexed"] == 60
    )


# --- what it loads ------------------------------------------------------------------------


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, lookalike.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'rich', 'PIL', 'onnxruntime', 'sqlite3', 'turbovec', 'tokenizers'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    assert done.stderr.strip() == "[]"


def test_search_by_words_loads_no_decoder_and_no_network(run: Run) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import cli_runner\n"
        "from lookalike import cli\n"
        "try: cli.main(['search', 'red'])\n"
        "except SystemExit: pass\n"
        "heavy = {'pyvips', 'PIL', 'ssrfguard', 'rich', 'textual_image', 'http.client', 'pebble',\n"
        "         'lookalike.images.sandbox', 'lookalike.fetch'}\n"
        "print('loaded', sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    library = json.loads(run("status", "--json").stdout)["library"]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LOOKALIKE_LIBRARY": library},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "loaded []" in done.stderr


# --- in a terminal ------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are of Unix")
@pytest.mark.parametrize(
    ("term", "answer", "has_picture"),
    [("dumb", b"", False), ("xterm", b"", False), ("xterm", b"\x1b[?62;4c", True)],
)
def test_terminal_shows_a_table_and_pictures_where_it_can(
    run: Run, term: str, answer: bytes, has_picture: bool
) -> None:
    library = json.loads(run("status", "--json").stdout)["library"]
    shown, code = run_in_terminal(
        [*RUNNER, "--library", library, "search", "red", "--limit", "2"], term, answer
    )
    assert code == 0
    assert b"band" in shown
    assert b"red.jpg" in shown
    assert (b"\x1bP" in shown) is has_picture
    assert (b"\x1b" in shown) is (term != "dumb")


def run_in_terminal(command: list[str], term: str, answer: bytes) -> tuple[bytes, int]:
    """Runs it in a pseudo-terminal that, asked what it is, gives `answer`."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 2000, 800))
    # Some test runners set COLUMNS, and a dumb terminal has no size of its own.
    environ = {**os.environ, "TERM": term, "COLUMNS": "200"}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    shown, asked, deadline_s = b"", False, time.monotonic() + 60
    while time.monotonic() < deadline_s:
        if not select.select([ours], [], [], 0.05)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            data = os.read(ours, 65536)
        except OSError:
            break
        if not data:
            break
        shown += data
        if answer and not asked and b"\x1b[c" in shown:
            asked = True
            os.write(ours, answer)
    os.close(ours)
    return shown, process.wait(timeout=60)
