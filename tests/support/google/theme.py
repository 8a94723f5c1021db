"""What every blank spreadsheet has: its default format and its theme (recorded)."""

from __future__ import annotations

from typing import Any


def default_format() -> dict[str, Any]:
    """SpreadsheetProperties.defaultFormat of a blank spreadsheet."""
    return {
        "backgroundColor": {"blue": 1, "green": 1, "red": 1},
        "backgroundColorStyle": {"rgbColor": {"blue": 1, "green": 1, "red": 1}},
        "padding": {"bottom": 2, "left": 3, "right": 3, "top": 2},
        "textFormat": {
            "bold": False,
            "fontFamily": "arial,sans,sans-serif",
            "fontSize": 10,
            "foregroundColor": {},
            "foregroundColorStyle": {"rgbColor": {}},
            "italic": False,
            "strikethrough": False,
            "underline": False,
        },
        "verticalAlignment": "BOTTOM",
        "wrapStrategy": "OVERFLOW_CELL",
    }


def theme() -> dict[str, Any]:
    """SpreadsheetProperties.spreadsheetTheme of a blank spreadsheet."""
    colours = {
        "TEXT": {},
        "BACKGROUND": {"red": 1, "green": 1, "blue": 1},
        "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
        "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
        "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
        "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
        "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
        "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
        "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
    }
    return {
        "primaryFontFamily": "Arial",
        "themeColors": [{"colorType": name, "color": {"rgbColor": rgb}} for name, rgb in colours.items()],
    }
