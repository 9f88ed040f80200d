"""`python3 lifeline/press/setup.py [test]`: makes .venv and installs the locked requirements into it.

Runs before anything is installed, so it uses nothing but Python's own library. Without an argument
it installs what the book needs, with `test` also what the tests need. Doing nothing takes 50 ms.
"""

from __future__ import annotations  # so that an older Python can say that it is too old

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"book": "requirements.txt", "test": "requirements-test.txt"}
NEWEST, OLDEST = (3, 13), (3, 11)


class Unready(Exception):
    """The machine lacks something; the message says what to install."""


def find_python() -> str:
    """A Python that the book runs on: this one, or one on the PATH. Raises Unready without one."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            return found
    raise Unready("Lifeline needs Python 3.11, 3.12 or 3.13, and none of them is on the PATH.")


def run(*command: str | Path, what: str) -> None:
    """Runs a command quietly; shows what it printed if it fails. Raises Unready then."""
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        print(done.stdout)
        raise Unready(f"{what} failed; what it printed stands above.")


def make_venv() -> None:
    """Makes .venv unless it is there and works."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0:
        return
    print("- making .venv", flush=True)
    hint = "making .venv (on Debian and Ubuntu: apt install python3-venv)"
    run(find_python(), "-m", "venv", "--clear", str(VENV), what=hint)


def find_uv() -> str:
    """uv from the PATH or from .venv, where pip puts the locked one if there is none."""
    uv = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if uv:
        return uv
    print("- fetching uv", flush=True)
    lock = (ROOT / LOCKS["book"]).read_text(encoding="utf-8")
    pinned = re.findall(r"^uv==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)[0]
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(pinned, encoding="utf-8")
        run(PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(only_uv), what="fetching uv")
    return str(VENV / "bin" / "uv")


def wanted(kind: str) -> str:
    """Fingerprint of what an installation depends on, the place of the folder among it."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in (LOCKS[kind], "pyproject.toml", "lifeline/press/setup.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_installed(kind: str) -> bool:
    """Whether .venv has what this kind needs; what the tests need holds what the book needs."""
    stamps = [(each, VENV / f".installed-{each}") for each in ("test", kind)]
    return PYTHON.exists() and any(
        stamp.exists() and stamp.read_text(encoding="utf-8") == wanted(each) for each, stamp in stamps
    )


def make_importable() -> None:
    """Lets .venv find the package in this folder.

    By a relative path: Python reads the file in the language of the machine, which may not have the letters of
    the folder's name.
    """
    for site in VENV.glob("lib/python*/site-packages"):
        (site / "lifeline.pth").write_text(os.path.relpath(ROOT, site) + "\n", encoding="ascii")


def install(kind: str) -> None:
    """Installs the lock with hashes and byte code, and makes this package known."""
    start = perf_counter()
    make_venv()
    uv = find_uv()
    print(f"- installing {LOCKS[kind]} into .venv", flush=True)
    into = [uv, "pip", "install", "-q", "--python", str(PYTHON)]
    run(*into, "--compile-bytecode", "--require-hashes", "-r", LOCKS[kind], what=f"installing {LOCKS[kind]}")
    make_importable()
    (VENV / f".installed-{kind}").write_text(wanted(kind), encoding="utf-8")
    print(f"  {perf_counter() - start:.1f} s", flush=True)


def main(arguments: list[str]) -> int:
    """Installs what is not installed; the exit code says whether it went well."""
    kind = arguments[0] if arguments else "book"
    os.environ.pop("PYTHONPATH", None)
    try:
        if not is_installed(kind):
            install(kind)
    except Unready as why:
        print(f"\nStopped: {why}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
