"""The data package as one zip: the tables, datapackage.json, map shapes, licence and citation."""

import zipfile
from pathlib import Path

from lifeline import ROOT
from lifeline.evidence import DATA, PACKAGE, schema

TARGET = ROOT / "_build" / "lifeline-data.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip: the same tables give the same bytes."""


def members() -> dict[str, Path]:
    """What goes into the zip, by its name there; datapackage.json stands at the top."""
    tables = [DATA / resource["path"] for resource in schema().values()]
    shapes = sorted(DATA.glob("*.geojson"))
    return {
        path.name: path for path in [DATA / PACKAGE, *tables, *shapes, ROOT / "LICENSE-DATA", ROOT / "CITATION.cff"]
    }


def write(target: Path = TARGET) -> Path:
    """Writes the zip of the data, if it is new, so that no page that offers it is read again."""
    return pack(members(), target)


def pack(files: dict[str, Path], target: Path) -> Path:
    """Writes files into a zip, by their names there; the same files give the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".new")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    if not target.exists() or target.read_bytes() != beside.read_bytes():
        beside.replace(target)
    beside.unlink(missing_ok=True)
    return target
