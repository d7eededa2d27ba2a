"""What we use of openpyxl. Import it from here: by itself it loads numpy into every process, for numbers that are
nobody's here; numpy belongs to the calculator of `cases.meaning` alone."""

import sys

_is_absent = "numpy" not in sys.modules
if _is_absent:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # to import it fails, as where it is not installed
try:
    from openpyxl import Workbook, load_workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils.exceptions import InvalidFileException
finally:
    if _is_absent:
        del sys.modules["numpy"]

__all__ = [
    "ILLEGAL_CHARACTERS_RE",
    "Font",
    "InvalidFileException",
    "Workbook",
    "WriteOnlyCell",
    "load_workbook",
]
