"""What is encrypted at rest is read with its own key and in its own row, and by nobody else."""

import threading
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from infrastructure.secret_box import CannotDecrypt, SecretBox, SecretKeyUnusable
from infrastructure.settings import Settings

ROW, OTHER = UUID(int=1), UUID(int=2)
KEY = "sk-a-key-that-nobody-may-see"


def test_the_file_is_made_when_something_is_encrypted_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    box = SecretBox(tmp_path / "home")
    assert not box.path.exists()
    token = box.encrypt(ROW, KEY)
    assert KEY not in token
    assert box.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in box.path.parent.iterdir()] == ["secret.key"]
    assert SecretBox(tmp_path / "home").decrypt(ROW, token) == KEY


def test_reading_makes_no_key(tmp_path: Path) -> None:
    token = SecretBox(tmp_path / "one").encrypt(ROW, KEY)
    elsewhere = SecretBox(tmp_path / "two")
    with pytest.raises(CannotDecrypt):
        elsewhere.decrypt(ROW, token)
    assert not elsewhere.path.exists()


def test_another_key_another_row_and_a_changed_text_are_not_taken(tmp_path: Path) -> None:
    box = SecretBox(tmp_path)
    token = box.encrypt(ROW, KEY)
    other_key = SecretBox(tmp_path, Fernet.generate_key().decode())
    for given, row, text in ((box, OTHER, token), (other_key, ROW, token), (box, ROW, token[:-3]), (box, ROW, "")):
        assert not given.can_read(row, text)


def test_an_older_key_still_reads_when_a_newer_one_encrypts(tmp_path: Path) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    token = SecretBox(tmp_path, old).encrypt(ROW, KEY)
    both = SecretBox(tmp_path, f"{new},{old}")
    assert both.decrypt(ROW, token) == KEY
    assert SecretBox(tmp_path, new).decrypt(ROW, both.encrypt(ROW, KEY)) == KEY
    assert not (tmp_path / "secret.key").exists()


def test_several_that_make_it_at_once_have_one_key(tmp_path: Path) -> None:
    tokens: list[str] = []
    together = threading.Barrier(8)

    def encrypt() -> None:
        together.wait()
        tokens.append(SecretBox(tmp_path).encrypt(ROW, KEY))

    threads = [threading.Thread(target=encrypt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [SecretBox(tmp_path).decrypt(ROW, token) for token in tokens] == [KEY] * 8


@pytest.mark.parametrize("text", ["", "not a key\n", "AAAA"], ids=["empty", "words", "short"])
def test_a_file_that_holds_no_key_is_said_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.key").write_text(text)
    with pytest.raises(SecretKeyUnusable, match=r"secret\.key holds no key"):
        SecretBox(tmp_path).encrypt(ROW, KEY)
    assert (tmp_path / "secret.key").read_text() == text


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(SecretKeyUnusable, match="cannot be"):
        SecretBox(tmp_path / "home").encrypt(ROW, KEY)


def test_a_setting_that_is_no_key_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(secret_key="correct horse battery staple")
    said = refused.value.errors(include_input=False, include_url=False)[0]["msg"]
    assert "32 random bytes" in said
    assert "horse" not in said


def test_both_alphabets_of_base64_are_taken(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode().replace("-", "+").replace("_", "/")
    assert Settings(secret_key=key).secret_key is not None
    assert SecretBox(tmp_path, key).decrypt(ROW, SecretBox(tmp_path, key).encrypt(ROW, KEY)) == KEY
