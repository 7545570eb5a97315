"""The symbol at the door: what a scanner reads is the code, nothing else."""

import io
from itertools import pairwise

import pytest
import zxingcpp
from PIL import Image

from events.core.tokens import new_ticket_code
from events.tickets import qr

CODE = "K7Q2MX4TABCDEFGHIJKLMNOP23"


def test_a_symbol_is_25_modules_wide() -> None:
    rows = qr.matrix(CODE)
    assert len(rows) == qr.MODULES
    assert {len(row) for row in rows} == {qr.MODULES}


def test_the_code_is_packed_as_alphanumeric() -> None:
    # The mode indicator sits in the lower right corner, read upwards in pairs; undo mask 2 (column divisible by three).
    rows = qr.matrix(CODE)
    corner = [(24, 24), (24, 23), (23, 24), (23, 23)]
    mode = [rows[y][x] ^ (x % 3 == 0) for y, x in corner]
    assert mode == [False, False, True, False]  # 0010


def test_the_picture_reads_back_as_the_code() -> None:
    for code in [CODE, *(new_ticket_code() for _ in range(20))]:
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr.png(code))))
        assert [(one.text, one.format) for one in found] == [(code, zxingcpp.BarcodeFormat.QRCode)]


def test_the_picture_is_small_black_and_white_and_has_its_margin() -> None:
    data = qr.png(CODE, scale=3)
    picture = Image.open(io.BytesIO(data))
    assert (picture.mode, picture.size) == ("1", (qr.SIDE * 3, qr.SIDE * 3))
    dark = picture.point(lambda value: 0 if value else 255)
    assert dark.getbbox() == (4 * 3, 4 * 3, (4 + 25) * 3, (4 + 25) * 3)
    assert len(data) < 1000


def test_the_drawing_holds_the_same_modules_as_the_picture() -> None:
    drawn = [[False] * qr.SIDE for _ in range(qr.SIDE)]
    for step in qr.svg_path(CODE).strip("M").split("M"):
        place, run = step.split("h")[:2]
        x, y = (int(part) for part in place.split())
        for column in range(x, x + int(run.split("v")[0])):
            drawn[y][column] = True
    inner = [row[qr.QUIET : -qr.QUIET] for row in drawn[qr.QUIET : -qr.QUIET]]
    assert tuple(tuple(row) for row in inner) == qr.matrix(CODE)
    assert sum(map(sum, drawn)) == sum(map(sum, inner))


def test_the_drawing_is_one_document_without_script_or_style() -> None:
    drawing = qr.svg(CODE)
    assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33"')
    assert qr.svg_path(CODE) in drawing
    assert "style" not in drawing
    assert "script" not in drawing


def test_every_ticket_carries_the_same_mask() -> None:
    # Format information stands beside the upper left eye; with level and mask fixed it never changes.
    formats = {tuple(qr.matrix(new_ticket_code())[8][:6]) for _ in range(10)}
    assert len(formats) == 1


@pytest.mark.parametrize("code", ["", "k7q2mx4tabcdefghijklmnop23", CODE + "A", CODE[:25], CODE[:25] + "1", "é" * 26])
def test_anything_but_a_ticket_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="26 upper-case base32"):
        qr.matrix(code)


def test_two_codes_never_look_alike() -> None:
    symbols = [qr.matrix(code) for code in (CODE, CODE[:-1] + "4", CODE[::-1])]
    assert all(one != other for one, other in pairwise(symbols))
