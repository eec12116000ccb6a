"""One colour becomes the palette of a virtual platform, by day and by night, readable by WCAG 2.2 (1.4.3, level AA)."""

import re
from dataclasses import dataclass

ENOUGH = 4.5
HEX = re.compile(r"#[0-9a-f]{6}")
WHITE, BLACK = "#ffffff", "#000000"
NIGHT = "#192120"
"""The surface of cards by night, the lightest there: see `_tokens.scss`."""
SOFT_BY_DAY, SOFT_BY_NIGHT = 0.1, 0.25
STEP = 0.06


@dataclass(frozen=True, slots=True)
class Shades:
    """The brand colour and what goes with it, in one kind of light."""

    brand: str
    strong: str
    soft: str


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """`one` with a share of `other` in it."""
    pairs = ((int(one[place : place + 2], 16), int(other[place : place + 2], 16)) for place in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def by_day(colour: str) -> Shades:
    return Shades(brand=colour, strong=mixed(colour, BLACK, 0.28), soft=mixed(WHITE, colour, SOFT_BY_DAY))


def by_night(colour: str) -> Shades:
    """The same colour, lightened until it can be read on dark surfaces."""
    soft = mixed(NIGHT, colour, SOFT_BY_NIGHT)
    brand = colour
    while min(contrast(brand, NIGHT), contrast(brand, soft)) < ENOUGH and brand != WHITE:
        brand = mixed(brand, WHITE, STEP)
    return Shades(brand=brand, strong=mixed(brand, WHITE, 0.35), soft=soft)


def readability(colour: str) -> float:
    """How well it reads where it reads worst: as words on its own soft tint, which is darker than white and paper."""
    return contrast(colour, by_day(colour).soft)


def readable_like(colour: str) -> str:
    """The same colour, darkened as far as it takes to be read."""
    while readability(colour) < ENOUGH:
        colour = mixed(colour, BLACK, STEP)
    return colour


def style_of(colour: str) -> str:
    """The names of the palette, set anew."""
    day, night = by_day(colour), by_night(colour)
    shades = ";".join(
        f"--{name}:light-dark({one},{other})"
        for name, one, other in (
            ("brand", day.brand, night.brand),
            ("brand-strong", day.strong, night.strong),
            ("brand-soft", day.soft, night.soft),
        )
    )
    return f":root{{{shades}}}"
