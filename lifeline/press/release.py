"""`make release`: puts what a version hands out into _build/release, with the checksum of each file.

The PDF edition, the data package, the web edition as a zip for reading without a network, and the redline.
"""

import hashlib
import shutil
from pathlib import Path

from lifeline import __version__
from lifeline.press import archive
from lifeline.press.talk import BUILD, say

RELEASE = BUILD / "release"
SUMS = "SHA256SUMS"


def web_edition() -> dict[str, Path]:
    """Every file of the web edition, by its name in the zip, which unpacks into one folder."""
    html = BUILD / "html"
    folder = f"lifeline-{__version__}"
    files = sorted(path for path in html.rglob("*") if path.is_file())
    return {f"{folder}/{path.relative_to(html).as_posix()}": path for path in files}


def gather(folder: Path = RELEASE) -> list[Path]:
    """Puts the files into a folder of their own, the checksums last."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    named = f"lifeline-{__version__}"
    copies = {
        f"{named}.pdf": BUILD / "lifeline.pdf",
        f"{named}-data.zip": archive.TARGET,
        "redline.md": BUILD / "redline.md",
        "redline.csv": BUILD / "redline.csv",
    }
    made = [Path(shutil.copyfile(path, folder / name)) for name, path in copies.items()]
    made.append(archive.pack(web_edition(), folder / f"{named}-html.zip"))
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(made)]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8", newline="\n")
    return [*made, folder / SUMS]


if __name__ == "__main__":
    for each in gather():
        say(f"  {each}")
