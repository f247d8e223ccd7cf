"""Prints what pdfium reads in a PDF: of each page its characters with origin, size and font.

    python pdfium_glyphs.py FILE      ->  [[{"text", "x", "y", "size", "font"}, ...], ...]

Places are points in the page's own space, sizes points after the text's matrix.
"""

import ctypes
import json
import math
import sys

import pypdfium2
import pypdfium2.raw as raw


def font_of(page, index):
    flags = ctypes.c_int()
    length = raw.FPDFText_GetFontInfo(page, index, None, 0, flags)
    if not length:
        return None
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFText_GetFontInfo(page, index, buffer, length, flags)
    return buffer.value.decode("utf-8", "replace")


def glyphs(page):
    text = page.get_textpage()
    found = []
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, index)
        if code == 0 or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        x, y = ctypes.c_double(), ctypes.c_double()
        if not raw.FPDFText_GetCharOrigin(text, index, x, y):
            continue
        matrix = raw.FS_MATRIX()
        scale = 1.0
        if raw.FPDFText_GetMatrix(text, index, matrix):
            scale = math.hypot(matrix.c, matrix.d)
        found.append(
            {
                "text": chr(code),
                "x": x.value,
                "y": y.value,
                "size": raw.FPDFText_GetFontSize(text, index) * scale,
                "font": font_of(text, index),
            }
        )
    return found


def main():
    document = pypdfium2.PdfDocument(sys.argv[1])
    json.dump([glyphs(page) for page in document], sys.stdout)


main()
