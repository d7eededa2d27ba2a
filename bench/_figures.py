"""Figures of a run: medians and 95th percentiles, kept as JSON, printed beside their goals."""

import datetime as dt
import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / ".portal" / "bench"


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def keep(part: str, figures: dict[str, Any]) -> Path:
    """Keep the figures of a part of the benchmark, with the day and the machine."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{part}.json"
    about = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "python": platform.python_version(),
    }
    file.write_text(json.dumps({"about": about, **figures}, indent=1), encoding="utf-8")
    return file


def kept(part: str) -> dict[str, Any] | None:
    """The figures kept of a part; None when it was not measured."""
    file = FOLDER / f"{part}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def short(size: int) -> str:
    """10k, 100k, 1M."""
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k"


def milliseconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, aligned so that it reads in a terminal too."""
    lines = [list(head), *map(list, rows)]
    wide = [max(len(line[column]) for line in lines) for column in range(len(head))]
    said = [
        "| " + " | ".join(cell.ljust(wide[column]) for column, cell in enumerate(line)) + " |"
        for line in lines
    ]
    return "\n".join([said[0], "|" + "|".join("-" * (each + 2) for each in wide) + "|", *said[1:]])
