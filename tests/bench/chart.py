"""A bar chart as SVG: ours beside the baseline."""

from __future__ import annotations

from xml.sax.saxutils import escape

BAR, GAP, LEFT, WIDTH = 18, 26, 190, 560
OURS, BASELINE = "#1f6f5c", "#b9b4a7"


def draw_chart(unit: str, bars: list[tuple[str, float, float]]) -> str:
    """The SVG of ``bars``: name, our value, the baseline's value."""
    most = max(max(value, baseline) for _, value, baseline in bars) or 1.0
    height = 60 + len(bars) * (2 * BAR + GAP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 110} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<text x="10" y="22" font-weight="bold">{escape(unit)}</text>',
        f'<text x="{LEFT}" y="22" fill="{OURS}">Feldbuch</text>',
        f'<text x="{LEFT + 90}" y="22" fill="#6d685c">plain app</text>',
    ]
    for index, (name, value, baseline) in enumerate(bars):
        top = 44 + index * (2 * BAR + GAP)
        parts.append(f'<text x="10" y="{top + BAR + 4}">{escape(name)}</text>')
        for row, (number, colour) in enumerate(((value, OURS), (baseline, BASELINE))):
            y, length = top + row * BAR, number / most * WIDTH
            parts.append(f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 3}" fill="{colour}"/>')
            parts.append(f'<text x="{LEFT + length + 6:.1f}" y="{y + 12}">{number:,.1f}</text>')
    return "\n".join([*parts, "</svg>", ""])
