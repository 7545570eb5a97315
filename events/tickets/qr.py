"""A ticket's code as a QR symbol: modules, a drawing, a picture.

Every ticket's symbol has the same size (version 2, 25 by 25), error level Q and mask. A fixed mask costs nothing at the
door and saves the trial of all eight, which is nine tenths of the work.
"""

import re
import struct
import zlib
from itertools import groupby
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.util import QRData

QUIET: Final = 4  # the white margin ISO/IEC 18004 asks for, in modules
MODULES: Final = 25
SIDE: Final = MODULES + 2 * QUIET  # the whole drawing, in modules

_VERSION: Final = 2
_MASK: Final = 2
_CODE: Final = re.compile(r"[A-Z2-7]{26}")

Matrix = tuple[tuple[bool, ...], ...]


def matrix(code: str) -> Matrix:
    """The dark (true) and light modules, row by row, without the quiet zone.

    `code` is 26 upper-case base32 characters; anything else raises ValueError.
    """
    if not _CODE.fullmatch(code):
        raise ValueError("a ticket code is 26 upper-case base32 characters")
    symbol = qrcode.QRCode(version=_VERSION, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK)
    # Such a code goes in alphanumeric mode by itself; as bytes it would not fit, and `make` would refuse.
    symbol.add_data(QRData(code))
    symbol.make(fit=False)
    return tuple(tuple(bool(dark) for dark in row) for row in symbol.modules)


def svg_path(code: str) -> str:
    """The `d` of one path on a drawing of SIDE by SIDE units, quiet zone included."""
    return "".join(_row_path(row, QUIET + y) for y, row in enumerate(matrix(code)))


def _row_path(row: tuple[bool, ...], y: int, x: int = QUIET) -> str:
    runs: list[str] = []
    for dark, group in groupby(row):
        width = len(list(group))
        if dark:
            runs.append(f"M{x} {y}h{width}v1h-{width}z")
        x += width
    return "".join(runs)


def svg(code: str) -> str:
    """A whole SVG document, black on white. Its name for a screen reader is the page's to give."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{SIDE}v{SIDE}H0z"/><path d="{svg_path(code)}"/></svg>'
    )


def svg_of_address(address: str) -> str:
    """An SVG document of any address, for a telephone's own camera; as small as the address lets it be."""
    side, path = path_of_address(address)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def path_of_address(address: str) -> tuple[int, str]:
    """The same for a page that draws it itself: how many units it is wide, quiet zone included, and the path's `d`."""
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET, mask_pattern=_MASK)
    symbol.add_data(address)
    symbol.make(fit=True)
    rows = [tuple(bool(dark) for dark in row) for row in symbol.get_matrix()]
    return len(rows), "".join(_row_path(row, y, 0) for y, row in enumerate(rows))


def png(code: str, scale: int = 8) -> bytes:
    """A black and white PNG of one bit per pixel; a module is `scale` pixels wide."""
    light = [False] * QUIET
    rows = [[*light, *row, *light] for row in matrix(code)]
    blank = [[False] * SIDE] * QUIET
    lines = b"".join(_scan_line(row, scale) * scale for row in [*blank, *rows, *blank])
    side = SIDE * scale
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _scan_line(row: list[bool], scale: int) -> bytes:
    """One line of pixels behind PNG's filter byte; a set bit is white."""
    bits = "".join(("0" if dark else "1") * scale for dark in row)
    size = (len(bits) + 7) // 8
    return b"\x00" + int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
