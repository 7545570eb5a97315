"""What the site's build needs beside .mkdocs.yml: pages not written yet stay out of the navigation; our own typefaces
and mark."""

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "static" / "fonts"


def on_config(config: MkDocsConfig) -> None:
    """Leave out of the navigation what is not there."""
    config.nav = _there(config.nav, Path(config.docs_dir))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The faces and the mark of the pages themselves, copied from static/."""
    for font in sorted(FONTS.glob("*.woff2")):
        files.append(File.generated(config, f"assets/fonts/{font.name}", abs_src_path=str(font)))
    sheet = (ROOT / "static" / "css" / "fonts.css").read_text(encoding="utf-8").replace("../fonts/", "fonts/")
    files.append(File.generated(config, "assets/fonts.css", content=sheet))
    files.append(File.generated(config, "assets/mark.svg", abs_src_path=str(ROOT / "static" / "img" / "mark.svg")))
    return files


def _there(entries: list[Any], folder: Path) -> list[Any]:
    """The entries whose page exists, and the parts that have any."""
    kept: list[Any] = []
    for (title, what) in (pair for entry in entries for pair in entry.items()):
        if isinstance(what, list):
            what = _there(what, folder)
        if what if isinstance(what, list) else (folder / what).exists():
            kept.append({title: what})
    return kept
