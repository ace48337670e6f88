"""Settings: defaults, settings.toml, the environment, and what is refused."""

from __future__ import annotations

import os
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from lookalike.errors import BadSetting
from lookalike.settings import Settings

FIELDS = fields(Settings)


def written(folder: Path, text: str) -> Path:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return folder


def test_settings_defaults_need_neither_file_nor_environment(tmp_path: Path) -> None:
    assert Settings.load(tmp_path, {}) == Settings.load(None, {}) == Settings()


def test_settings_defaults_are_the_product_limits() -> None:
    settings = Settings()
    assert settings.max_file_bytes == 25 * 1024 * 1024
    assert settings.max_query_upload_bytes == 10 * 1024 * 1024
    assert settings.max_fetch_bytes == 25 * 1024 * 1024
    assert (settings.fetch_timeout_s, settings.fetch_max_redirects) == (30.0, 3)
    assert (settings.max_pixels, settings.max_avif_pixels) == (50_000_000, 25_000_000)
    assert settings.fetch_any_port is False
    assert settings.visual_search is True


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_setting_has_one_line_of_help_and_a_default_that_passes(field) -> None:
    help_line = field.metadata["help"]
    assert help_line.endswith(".")
    assert "\n" not in help_line
    minimum = field.metadata["minimum"]
    assert minimum is None or field.default >= minimum
    numbers = isinstance(field.default, int | float) and not isinstance(field.default, bool)
    assert numbers == (minimum is not None)


def test_settings_file_is_stronger_than_the_default(tmp_path: Path) -> None:
    text = 'shortlist = 7\nfetch_timeout_s = 5\nignore = ["*.tmp"]\nhidden_files = true\n'
    settings = Settings.load(written(tmp_path, text), {})
    assert settings.shortlist == 7
    assert settings.fetch_timeout_s == 5.0
    assert isinstance(settings.fetch_timeout_s, float)
    assert settings.ignore == ("*.tmp",)
    assert settings.hidden_files is True
    assert settings.batch_size == Settings().batch_size


def test_settings_environment_is_stronger_than_the_file(tmp_path: Path) -> None:
    folder = written(tmp_path, "shortlist = 7\nbatch_size = 3\n")
    settings = Settings.load(folder, {"LOOKALIKE_SHORTLIST": "9"})
    assert (settings.shortlist, settings.batch_size) == (9, 3)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("max_pixels", "1000", 1000),
        ("fetch_timeout_s", "2.5", 2.5),
        ("fetch_timeout_s", "2", 2.0),
        ("fetch_any_port", "TRUE", True),
        ("fetch_any_port", " 1 ", True),
        ("fetch_any_port", "on", True),
        ("visual_search", "no", False),
        ("visual_search", "0", False),
        ("ignore", os.pathsep.join(["*.tmp", "", "cache/"]), ("*.tmp", "cache/")),
        ("ignore", "", ()),
    ],
)
def test_settings_environment_text_becomes_the_type(name: str, text: str, value: object) -> None:
    settings = Settings.load(None, {f"LOOKALIKE_{name.upper()}": text})
    assert getattr(settings, name) == value
    assert type(getattr(settings, name)) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_pixels", "many"),
        ("max_pixels", "1.5"),
        ("max_pixels", ""),
        ("max_pixels", "0"),
        ("fetch_timeout_s", "soon"),
        ("fetch_timeout_s", "0"),
        ("fetch_max_redirects", "-1"),
        ("visual_search", "perhaps"),
    ],
)
def test_settings_environment_that_cannot_be(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"(?i){name}"):
        Settings.load(None, {f"LOOKALIKE_{name.upper()}": text})


@pytest.mark.parametrize(
    "text",
    [
        "shortlist = ",
        "shortlist = 0",
        "shortlist = -1",
        'shortlist = "7"',
        "shortlist = 1.5",
        "shortlist = true",
        "visual_search = 1",
        'ignore = "*.tmp"',
        "ignore = [1]",
        "unheard_of = 1",
        "[shortlist]",
    ],
)
def test_settings_file_that_cannot_be(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.load(written(tmp_path, text), {})
    assert "\n" not in str(caught.value)


def test_settings_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSetting, match="not valid TOML"):
        Settings.load(tmp_path, {})


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().shortlist = 1  # type: ignore[misc]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_setting_that_is_no_finite_number_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadSetting, match="finite"):
        Settings.load(written(tmp_path, f"fetch_timeout_s = {value}\n"), {})
    with pytest.raises(BadSetting, match="finite"):
        Settings.load(None, {"LOOKALIKE_FETCH_TIMEOUT_S": value})


def test_settings_file_that_cannot_be_read_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(BadSetting, match="cannot be read"):
        Settings.load(tmp_path, {})
