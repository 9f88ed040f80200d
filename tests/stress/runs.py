"""The campaign of interrupted and hostile runs, on a small book: the same press and the same data, but one
chapter with one figure, so that a build takes seconds. After each run the last good book must stand, the
run must have ended with a plain sentence, and the next build must succeed.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lifeline.press.bench import copy_of_book

CHAPTER = """---
file_format: mystnb
kernelspec:
  name: python3
---

(chapter-small)=
# A small book

Nothing yet.

```{code-cell} ipython3
:tags: [remove-input]
from lifeline.book import show
from lifeline.figures import channels
show(channels.waves)
```

```{bibliography}
```
"""
OTHER = "# Another chapter\n\nIt stays as it is.\n"
LIMIT = "TIME_LIMIT = 300"


@dataclass
class Small:
    """A small book in a folder of its own."""

    root: Path

    def command(self, step: str = "book") -> list[str]:
        """What runs a step."""
        return [sys.executable, "-m", "lifeline.press", step]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a run: this copy's own package."""
        return {**os.environ, "PYTHONPATH": str(self.root), "MPLCONFIGDIR": str(self.root / ".mpl"), **more}

    def make(
        self, before: tuple[str, ...] = (), step: str = "book", **settings: object
    ) -> subprocess.CompletedProcess:
        """Runs a step; `before` stands before the command."""
        options = {"env": self.environment(), "cwd": self.root} | settings
        return subprocess.run(
            [*before, *self.command(step)],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            **options,  # type: ignore[call-overload]
        )

    def touch(self, word: str) -> None:
        """Changes the chapter, so that there is something to build."""
        path = self.root / "chapters" / "small.md"
        path.write_text(CHAPTER.replace("Nothing yet", in_letters(word)), encoding="utf-8")

    def forget(self) -> None:
        """Forgets what was executed, so that the next build executes too."""
        shutil.rmtree(self.root / "_build" / ".jupyter_cache", ignore_errors=True)

    def shows(self, word: str) -> bool:
        """Whether the page has the word with which the chapter was changed."""
        page = self.root / "_build" / "html" / "chapters" / "small.html"
        return page.is_file() and in_letters(word) in page.read_text(encoding="utf-8")

    def state(self) -> str:
        """Fingerprint of the editions that stand; empty if one does not stand whole."""
        html, pdf = self.root / "_build" / "html", self.root / "_build" / "lifeline.pdf"
        if not (html / "index.html").is_file() or not pdf.is_file():
            return ""
        digest = hashlib.sha256(pdf.read_bytes())
        for path in sorted(path for path in html.rglob("*") if path.is_file()):
            digest.update(path.relative_to(html).as_posix().encode() + path.read_bytes())
        return digest.hexdigest()


def in_letters(word: str) -> str:
    """A word without digits, which the press lets nobody type into prose."""
    return word.translate(str.maketrans("0123456789", "abcdefghij"))


def small_book(root: Path) -> Small:
    """A small book, built."""
    copy_of_book(root)
    for chapter in (root / "chapters").glob("*.md"):
        chapter.unlink()
    toc = "format: jb-book\nroot: chapters/small\nchapters:\n  - file: chapters/other\n"
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    (root / "chapters" / "other.md").write_text(OTHER, encoding="utf-8")
    book = Small(root)
    book.touch("Nothing yet")
    done = book.make()
    if done.returncode:
        raise RuntimeError(done.stdout)
    return book


@dataclass(frozen=True)
class Run:
    """What came of a hostile run: what was wrong with how it ended (empty: nothing), whether it had to fail."""

    name: str
    wrong: str
    refused: bool = False


def judged(book: Small, name: str, before: str, said: str, *expected: str) -> Run:
    """A run that had to fail: with a plain sentence, the last book standing, the next build going well."""
    faults = []
    lines = said.strip().splitlines() or [""]
    if not any(line.startswith("Stopped") for line in lines[-2:]):
        faults.append(f"ended with {lines[-1]!r}")
    if "Traceback" in said and "Traceback" not in expected:
        faults.append("a traceback")
    faults += [f"does not say {word!r}: {said[-300:]}" for word in expected if word not in said]
    if book.state() != before:
        faults.append("the last good book does not stand")
    return Run(name, "; ".join(faults), refused=True)


def mended(book: Small, run: Run, word: str) -> Run:
    """The same run, with whether the next build succeeds and shows what was written last."""
    book.touch(word)
    done = book.make()
    well = done.returncode == 0 and book.shows(word)
    return run if well else replace(run, wrong=f"{run.wrong}; the next build fails: {done.stdout[-400:]}")


# ---------------------------------------------------------------------------------- what is done to it

Deed = Callable[[Small], Run]
DEEDS: dict[str, Deed] = {}
"""Every hostile run by its name."""


def deed(function: Deed) -> Deed:
    """Registers a hostile run."""
    DEEDS[function.__name__.replace("_", " ")] = function
    return function


def with_cell(book: Small, cell: str, name: str, *expected: str) -> Run:
    """A chapter whose cell does something bad."""
    before = book.state()
    path = book.root / "chapters" / "small.md"
    path.write_text(CHAPTER.replace("show(channels.waves)", cell), encoding="utf-8")
    return judged(book, name, before, book.make().stdout, *expected)


@deed
def a_chapter_raises(book: Small) -> Run:
    """A cell fails; its trace is wanted."""
    return with_cell(book, "raise RuntimeError('no luck')", "a chapter raises", "no luck", "Traceback")


@deed
def a_chapter_exits(book: Small) -> Run:
    """A cell leaves Python politely."""
    return with_cell(book, "import sys; sys.exit(3)", "a chapter exits", "chapter small", "Traceback")


@deed
def a_chapter_dies(book: Small) -> Run:
    """The process of a chapter is gone at once."""
    return with_cell(book, "import os; os._exit(3)", "a chapter dies", "died")


@deed
def a_chapter_is_killed(book: Small) -> Run:
    """As the system does when memory is short."""
    return with_cell(book, "import os; os.kill(os.getpid(), 9)", "a chapter is killed", "died")


@deed
def a_chapter_hangs(book: Small) -> Run:
    """A cell never ends; the time limit is set to seconds here."""
    press = book.root / "lifeline" / "press" / "__main__.py"
    code = press.read_text(encoding="utf-8")
    press.write_text(code.replace(LIMIT, "TIME_LIMIT = 5"), encoding="utf-8")
    try:
        return with_cell(book, "import time; time.sleep(9999)", "a chapter hangs", "still running after 5 s")
    finally:
        press.write_text(code, encoding="utf-8")


@deed
def a_chapter_warns(book: Small) -> Run:
    """A cell prints a warning, which no reader should see."""
    return with_cell(book, "import warnings; warnings.warn('odd')", "a chapter warns")


@deed
def the_file_size_is_limited(book: Small) -> Run:
    """No file may grow beyond what the pages need: what a full quota does."""
    import resource

    before = book.state()
    book.touch("limited")
    done = book.make(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)))
    return judged(book, "the file size is limited", before, done.stdout)


MOUNT = ("unshare", "-rm", "sh", "-c")
"""A shell in which something can be mounted that nobody else sees."""


def can_mount() -> bool:
    """Whether this machine lets us mount."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*MOUNT, "mount -t tmpfs none /mnt"], capture_output=True).returncode == 0


@deed
def the_disk_is_full(book: Small) -> Run:
    """What is built lies on a small disk on which nothing but the last book has room."""
    before = book.state()
    book.touch("full")
    size = sum(path.stat().st_blocks for path in (book.root / "_build").rglob("*")) // 2 + 1500
    script = (
        f"mount -t tmpfs -o size={size}k none /mnt && cp -a _build/. /mnt && mount --bind /mnt _build && "
        '"$@"; code=$?; rm -rf _build/.work; cp -a _build/html _build/lifeline.pdf .after/; exit $code'
    )
    after = book.root / ".after"
    after.mkdir()
    done = book.make((*MOUNT, script, "sh"))
    kept = Small(after)
    (after / "_build").mkdir()
    for name in ("html", "lifeline.pdf"):
        (after / name).rename(after / "_build" / name)
    run = judged(kept, "the disk is full", before, done.stdout)
    shutil.rmtree(after)
    return run


@deed
def nothing_may_be_written(book: Small) -> Run:
    """The whole folder can only be read."""
    before = book.state()
    book.touch("read only")
    script = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && "$@"'
    return judged(book, "nothing may be written", before, book.make((*MOUNT, script, "sh")).stdout)


@deed
def the_data_may_only_be_read(book: Small) -> Run:
    """data/ can only be read: the book needs no more."""
    book.touch("sealed")
    script = 'mount --bind data data && mount -o remount,bind,ro data && "$@"'
    return well(book, "the data may only be read", book.make((*MOUNT, script, "sh")), "sealed")


def well(book: Small, name: str, done: subprocess.CompletedProcess, word: str) -> Run:
    """A run that had to go well."""
    shown = book.shows(word)
    return Run(name, "" if done.returncode == 0 and shown else done.stdout[-400:])


@deed
def there_is_no_home(book: Small) -> Run:
    """No HOME, no user, no locale."""
    book.touch("homeless")
    book.forget()
    gone = {"HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "XDG_CACHE_HOME", "TMPDIR", "MPLCONFIGDIR"}
    environment = {k: v for k, v in book.environment().items() if k not in gone}
    return well(book, "there is no HOME", book.make(env=environment), "homeless")


@deed
def the_terminal_knows_no_hangul(book: Small) -> Run:
    """The messages are in ASCII, the faults are not."""
    before = book.state()
    path = book.root / "data" / "outlets.csv"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("NKDB,KR", "NKDB,\ud55c\uad6d", 1), encoding="utf-8")
    done = book.make(env=book.environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C"))
    path.write_text(good, encoding="utf-8")
    return judged(book, "the terminal knows no Hangul", before, done.stdout, "data/outlets.csv, row")


@deed
def there_is_no_network(book: Small) -> Run:
    """No interface but the loopback, and that one down."""
    book.touch("alone")
    book.forget()
    return well(book, "there is no network", book.make(("unshare", "-rn")), "alone")


@deed
def two_builds_at_once(book: Small) -> Run:
    """The second one says that the first one runs, which ends well."""
    book.touch("first")
    book.forget()
    first = subprocess.Popen(book.command(), cwd=book.root, env=book.environment(), stdout=subprocess.DEVNULL)
    time.sleep(1.5)
    second = book.make()
    first.wait()
    told = second.returncode == 1 and "Another build is running" in second.stdout
    shown = first.returncode == 0 and book.shows("first")
    return Run("two builds at once", "" if told and shown else second.stdout[-300:])


@deed
def stopped_from_the_keyboard(book: Small) -> Run:
    """An interrupt in the middle."""
    before = book.state()
    book.touch("interrupted")
    book.forget()
    running = subprocess.Popen(
        book.command(),
        cwd=book.root,
        env=book.environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a shell may ignore it
    )
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    return judged(book, "stopped from the keyboard", before, said)


READ = [f".work/{name}" for name in ("rests-on", ".buildinfo", "doctrees/environment.pickle")]
READ += [".work/doctrees/chapters/other.doctree"]
LEFT = [".inputs", "numbers.json", ".jupyter_cache/global.db", ".lock", "log.txt", *READ]


@deed
def leftovers_are_spoiled(book: Small) -> Run:
    """Every file that one build leaves for the next is cut off, emptied or no text."""
    faults = []
    for name in LEFT:
        for number, spoiled in enumerate((b"", b"\xff\xfe\x00garbage", None)):
            path = book.root / "_build" / name
            content = path.read_bytes() if path.is_file() else b""
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content[: len(content) // 2] if spoiled is None else spoiled)
            run = mended(book, Run(name, ""), f"after {name} {number}")
            faults += [f"{name}: {run.wrong}"] if run.wrong else []
    return Run("leftovers are spoiled", "; ".join(faults))


def deeds(book: Small, names: list[str] | None = None) -> Iterator[Run]:
    """Every hostile run, each followed by a build that must succeed."""
    for number, (name, do) in enumerate(DEEDS.items()):
        if names is None or name in names:
            yield mended(book, do(book), f"after run {number}")


# ---------------------------------------------------------------------------------------------- kill -9


def kills(book: Small, times: int, seed: int) -> Iterator[Run]:
    """Kills a build, with all that it started, or the build alone, at a random moment; the next must succeed."""
    rng = random.Random(seed)
    start = time.perf_counter()
    book.touch("timed")
    book.forget()
    book.make()
    whole = time.perf_counter() - start
    for number in range(times):
        before, word = book.state(), f"kill {number}"
        book.touch(word)
        if number % 2:
            book.forget()
        running = subprocess.Popen(
            book.command(), cwd=book.root, env=book.environment(), stdout=subprocess.DEVNULL, start_new_session=True
        )
        moment = rng.uniform(0, whole)
        time.sleep(moment)
        alone = number % 3 == 0
        os.kill(running.pid, signal.SIGKILL) if alone else os.killpg(running.pid, signal.SIGKILL)
        ended = running.wait() == 0
        after = book.state()
        stands = after == before or (after != "" and book.shows(word))
        run = Run(f"kill -9 after {moment:.1f} s", "" if stands or ended else "the last good book does not stand")
        yield mended(book, run, f"after kill {number}")
