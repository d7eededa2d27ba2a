"""Growth curves as SVG: time against the number of cases, both logarithmic, readable on light and dark ground."""

import math
from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 204, 40, 44
_DAY = ("#0b6bcb", "#b4530a", "#2a7d3e", "#8a3ffc", "#c2185b", "#00696f")
_NIGHT = ("#6fb3ff", "#ffb26b", "#7ed492", "#c9a6ff", "#ff8ab5", "#5ed3d9")
Points = Sequence[tuple[int, float]]


def draw(title: str, series: Mapping[str, Points], unit: str = "ms") -> str:
    """The drawing of series by name; a point is a number of cases and a time. A series without points is left out."""
    drawn = {name: points for name, points in series.items() if points}
    sizes = sorted({size for points in drawn.values() for size, _ in points})
    values = [value for points in drawn.values() for _, value in points]
    low = 10 ** math.floor(math.log10(min(values)))
    high = 10 ** math.ceil(math.log10(max(values) * 1.01))
    right, base = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x(size: int) -> float:
        if len(sizes) == 1:
            return (_LEFT + right) / 2
        span = math.log10(sizes[-1] / sizes[0])
        return _LEFT + 16 + math.log10(size / sizes[0]) / span * (right - _LEFT - 32)

    def y(value: float) -> float:
        return base - math.log10(value / low) / math.log10(high / low) * (base - _TOP)

    parts = [_head(title)]
    level = low
    while level <= high * 1.001:
        parts.append(f'<path class="grid" d="M{_LEFT} {y(level):.1f}H{right}"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{_number(level)} {unit}</text>'
        )
        level *= 10
    parts += [
        f'<text x="{x(size):.1f}" y="{base + 22}" text-anchor="middle">{_number(size)}</text>'
        for size in sizes
    ]
    parts.append(
        f'<text x="{(_LEFT + right) / 2}" y="{_HEIGHT - 4}" text-anchor="middle">cases</text>'
    )
    labels = _apart({name: y(points[-1][1]) for name, points in drawn.items()})
    for number, (name, points) in enumerate(drawn.items()):
        path = "L".join(f"{x(size):.1f} {y(value):.1f}" for size, value in points)
        parts.append(f'<path class="line c{number % 6}" d="M{path}"/>')
        parts += [
            f'<circle class="dot c{number % 6}" cx="{x(size):.1f}" cy="{y(value):.1f}" r="3.5"/>'
            for size, value in points
        ]
        parts.append(
            f'<text class="name c{number % 6}" x="{right + 8}" y="{labels[name] + 4:.1f}">'
            f"{escape(name)} {_number(points[-1][1])}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _head(title: str) -> str:
    day = "".join(f".c{n}{{--c:{color}}}" for n, color in enumerate(_DAY))
    night = "".join(f".c{n}{{--c:{color}}}" for n, color in enumerate(_NIGHT))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" '
        f'role="img" aria-label="{escape(title)}"><style>'
        "text{font:12px system-ui,sans-serif;fill:#3d4451}.title{font-weight:600;font-size:14px}"
        ".grid{stroke:#d8dde5;stroke-width:1}.line{fill:none;stroke:var(--c);stroke-width:2}"
        f".dot{{fill:var(--c)}}.name{{fill:var(--c);font-weight:600}}rect{{fill:#ffffff}}{day}"
        "@media(prefers-color-scheme:dark){rect{fill:#151a23}text{fill:#c3cad6}.grid{stroke:#303848}"
        f".name{{fill:var(--c)}}{night}}}</style>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="title" x="{_LEFT}" y="22">{escape(title)}</text>'
    )


def _apart(places: dict[str, float], room: float = 15) -> dict[str, float]:
    """The same places from top to bottom, moved down where two would overlap."""
    last = -math.inf
    moved = {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        last = max(place, last + room)
        moved[name] = last
    return moved


def _number(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g}M"
    if value >= 10_000:
        return f"{value / 1000:.3g}k"
    return f"{value:,.0f}" if value >= 10 else f"{value:.3g}"
