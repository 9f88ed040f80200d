"""A Sphinx extension: after a change of prose only the pages that changed are made again.

Sphinx reads again what changed, but cannot tell which other pages show something of it: the number of a
figure, the title of a section, the label of a citation. So all that one page can show of another is written
down before and after the reading. If it is the same, the other pages stand as they are, and so does what is
made from data alone. If not, every page is made anew. Either way the bytes are those of a clean build.
"""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from lifeline.press.cache import fingerprint
from lifeline.press.talk import BUILD

WORK = BUILD / ".work"
"""Where an edition is made, beside what was read of the chapters for it."""
RESTS_ON = WORK / "rests-on"
"""Fingerprints of everything but the chapters behind the HTML edition that stands, and of what was read for it."""
OF_SPHINX = ".buildinfo"
"""Where Sphinx notes in an edition how it was made; it names the folder of the build and is not handed out."""
LATE = "mystnb.*.css"
"""A file that is written when the pages are made; their links to it would be others if it were there before."""
UNTOUCHED = {"_images", "_downloads", "rows"}
"""Folders of an edition in which a change of chapters adds files, but changes none."""

# -------------------------------------------------------------------------------- what is kept for it


def begin(target: Path, last: Path, rests_on: str) -> bool:
    """Readies the folder of an HTML edition: a copy of the last one if all but chapters is as it was, else empty.

    Returns whether it is a copy.
    """
    known = RESTS_ON.read_text(encoding="utf-8", errors="replace") if RESTS_ON.is_file() else ""
    stands = known == state(last, rests_on)
    RESTS_ON.unlink(missing_ok=True)  # until the new edition stands
    shutil.rmtree(target, ignore_errors=True)
    if stands:
        take_over(last, target)
        shutil.copy2(WORK / OF_SPHINX, target)
    else:
        shutil.rmtree(WORK, ignore_errors=True)
        target.mkdir(parents=True)
    return stands


def take_over(last: Path, target: Path) -> None:
    """Copies the last edition; a file that no change of chapters changes is the same file in both.

    Raises OSError where the system does not let a file be written; shutil.copytree would hide which and why.
    """
    target.mkdir(parents=True)
    for path in sorted(last.rglob("*")):
        beside = target / path.relative_to(last)
        if path.is_dir():
            beside.mkdir()
        elif not path.match(LATE):
            put(path, beside, linked=path.relative_to(last).parts[0] in UNTOUCHED)


def put(path: Path, beside: Path, linked: bool) -> None:
    """Copies a file with its time, or links it, where the disk knows links."""
    try:
        (os.link if linked else shutil.copy2)(path, beside)
    except OSError:
        shutil.copy2(path, beside)


def keep(made: Path) -> None:
    """Takes out of a finished edition what only the next build needs."""
    (made / OF_SPHINX).replace(WORK / OF_SPHINX)


def note(made: Path, rests_on: str) -> None:
    """Notes that the HTML edition in place is the one that was read last."""
    RESTS_ON.write_text(state(made, rests_on), encoding="utf-8")


def state(edition: Path, rests_on: str) -> str:
    """The fingerprint, and what tells whether a file of the edition, or of what was read for it, is another one."""
    read = [WORK / OF_SPHINX, *sorted(WORK.rglob("*.doctree"))]
    files = [path for path in sorted(edition.rglob("*")) if path.is_file() and path.name != "lifeline.pdf"]
    times = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return "\n".join([rests_on, *map(fingerprint, read), *times])


# ------------------------------------------------------------------------------------ what is compared


def seen_elsewhere(env: BuildEnvironment) -> str:
    """All that one page can show of another: anchors, titles, numbers, citations, files, the index; as JSON."""
    std, cite = env.domaindata["std"], env.domaindata["cite"]
    seen = [
        [sorted(std[kind].items()) for kind in ("labels", "anonlabels", "objects", "terms", "progoptions")],
        [env.domaindata[domain] for domain in ("math", "index", "citation")],
        [{page: title.pformat() for page, title in titles.items()} for titles in (env.titles, env.tocs)],
        [env.toc_secnumbers, env.toc_fignumbers, env.toctree_includes],
        [{path: name for path, (_, name) in files.items()} for files in (env.images, env.dlfiles)],
        [(made.citation_id, made.key, made.formatted_entry.label) for made in cite["citations"]],
        sorted((ref.docname, ref.citation_ref_id, [t.key for t in ref.targets]) for ref in cite["citation_refs"]),
    ]
    return json.dumps(seen, sort_keys=True, default=sorted)


def texts(env: BuildEnvironment) -> dict[str, str]:
    """The fingerprint of each page's source."""
    return {page: fingerprint(Path(env.doc2path(page))) for page in env.found_docs}


def with_other_text(app: Sphinx, env: BuildEnvironment, *_: set[str]) -> list[str]:
    """Pages whose text is not what was read; Sphinx would go by the time of the file alone."""
    read: dict[str, str] = getattr(env, "lifeline_texts", {})
    return [page for page, text in texts(env).items() if read.get(page) != text]


def before_reading(app: Sphinx, env: BuildEnvironment, pages: list[str]) -> None:
    """Writes down what is seen of all pages, if some of them are not read again."""
    env.lifeline_texts = texts(env)
    if pages and app.builder.format != "html":
        RESTS_ON.unlink(missing_ok=True)  # what is read is ahead of the HTML edition now
    if app.config.lifeline_again and set(pages) < env.found_docs:
        app.config.lifeline_before = seen_elsewhere(env)
        app.config.lifeline_read = pages


def after_reading(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """The pages to write beside those that were read: all the others, if something that they can show changed."""
    if not app.config.lifeline_again:
        return []
    if app.config.lifeline_before == seen_elsewhere(env):
        app.config.lifeline_only = app.config.lifeline_read
        app.parallel = 1  # starting processes takes longer than a page
        return []
    for path in Path(app.outdir).iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return env.found_docs


def only(app: Sphinx) -> list[str]:
    """The pages of which alone something changed; empty if the whole edition is made."""
    pages: list[str] = app.config.lifeline_only
    return pages


def forget_lost_words(app: Sphinx) -> Iterable[tuple[str, dict, str]]:
    """Drops from the search the words that stand on no page any more; a handler of html-collect-pages."""
    indexer = app.builder.indexer
    for mapping in (indexer._mapping, indexer._title_mapping):
        for word in [word for word, pages in mapping.items() if not pages]:
            del mapping[word]
    return []


def setup(app: Sphinx) -> dict[str, object]:
    """Registers the extension."""
    app.add_config_value("lifeline_again", False, "")  # whether the press lets only changed pages be made
    app.add_config_value("lifeline_before", "", "")
    app.add_config_value("lifeline_read", [], "")
    app.add_config_value("lifeline_only", [], "")
    app.connect("env-get-outdated", with_other_text)
    app.connect("env-before-read-docs", before_reading)
    app.connect("env-get-updated", after_reading, priority=999)
    app.connect("html-collect-pages", forget_lost_words)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
