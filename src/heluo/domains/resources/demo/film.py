"""Short lesson films of the demo: drawn with Pillow, encoded as H.264 with a soft chord by the packaged ffmpeg.

A film is a title, captions that follow one another, and a drawing: a function of a canvas and of the time from 0 to 1.
Same film, same bytes.
"""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, pi, sin, tau
from pathlib import Path
from tempfile import TemporaryFile

import imageio_ffmpeg
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1280, 720
FRAMES_PER_SECOND = 10
PAPER, INK, TEAL, PALE, AMBER, ROSE, SKY = "#f7f5ef", "#22312f", "#0f6b66", "#cfe3e0", "#d9822b", "#c2556b", "#3b7fb8"
TITLE_SIZE, CAPTION_SIZE = 58, 36
Point = tuple[float, float]


class Canvas:
    """A sheet to draw one frame on, in coordinates whose origin is the middle of the picture."""

    def __init__(self, image: Image.Image) -> None:
        self.sheet = ImageDraw.Draw(image)

    def _at(self, point: Point) -> Point:
        return (WIDTH / 2 + point[0], HEIGHT / 2 + point[1])

    def line(self, points: Sequence[Point], colour: str = INK, width: int = 4) -> None:
        self.sheet.line([self._at(point) for point in points], fill=colour, width=width, joint="curve")

    def shape(self, points: Sequence[Point], colour: str, edge: str = INK) -> None:
        self.sheet.polygon([self._at(point) for point in points], fill=colour, outline=edge, width=3)

    def disc(self, middle: Point, radius: float, colour: str | None, edge: str | None = None) -> None:
        x, y = self._at(middle)
        box = (x - radius, y - radius, x + radius, y + radius)
        self.sheet.ellipse(box, fill=colour, outline=edge, width=4)

    def slice(self, middle: Point, radius: float, begin: float, end: float, colour: str) -> None:
        """A piece of a pie between two angles in degrees, clockwise from the top."""
        x, y = self._at(middle)
        box = (x - radius, y - radius, x + radius, y + radius)
        self.sheet.pieslice(box, begin - 90, end - 90, fill=colour, outline=INK, width=4)

    def text(self, middle: Point, words: str, size: int = CAPTION_SIZE, colour: str = INK) -> None:
        """Words around a point; nothing where no Chinese font was built."""
        if font := font_of(size):
            self.sheet.text(self._at(middle), words, font=font, fill=colour, anchor="mm")


Drawing = Callable[[Canvas, float], None]


@dataclass(frozen=True, slots=True)
class Film:
    title: str
    captions: tuple[str, ...]
    drawing: Drawing
    seconds: int = 8
    tone: int = 262

    def encode(self) -> bytes:
        """The film as an mp4 file."""
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
        chord = "+".join(f"0.06*sin({tau:.6f}*{self.tone * ratio:.3f}*t)" for ratio in (1, 1.25, 1.5))
        command = [
            ffmpeg, "-v", "error",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_PER_SECOND), "-i", "-",
            "-f", "lavfi", "-i", f"aevalsrc={chord}:s=22050:d={self.seconds}",
            "-vf", "scale=960:540:flags=bilinear", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "27",
            "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "48k", "-af", "afade=t=in:d=0.4",
            "-shortest", "-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact",
            "-flags:v", "+bitexact", "-flags:a", "+bitexact",
            "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "-",
        ]  # fmt: skip
        with TemporaryFile() as film, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=film) as encoder:
            assert encoder.stdin is not None  # noqa: S101  # asked for
            for frame in self._frames():
                encoder.stdin.write(frame)
            encoder.stdin.close()
            if encoder.wait():
                raise subprocess.CalledProcessError(encoder.returncode, command)
            film.seek(0)
            return film.read()

    def _frames(self) -> Iterator[bytes]:
        count = self.seconds * FRAMES_PER_SECOND
        sheets = [self._sheet(caption) for caption in self.captions]
        for number in range(count):
            time = number / (count - 1)
            image = sheets[min(int(time * len(sheets)), len(sheets) - 1)].copy()
            self.drawing(Canvas(image), time)
            yield image.tobytes()

    def _sheet(self, caption: str) -> Image.Image:
        """What stands still while one caption is shown."""
        image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        canvas = Canvas(image)
        canvas.shape([(-640, -360), (640, -360), (640, -250), (-640, -250)], TEAL, TEAL)
        canvas.text((0, -305), self.title, TITLE_SIZE, PAPER)
        canvas.text((0, 310), caption)
        return image


@cache
def font_of(size: int) -> ImageFont.FreeTypeFont | None:
    """The built Chinese font in a size, or None where it was not built."""
    folder = Path(settings.BUILT) / "fonts"
    files = sorted(folder.glob("*.[to]tf")) if folder.exists() else []
    regular = next((file for file in files if "Regular" in file.name), files[0] if files else None)
    return ImageFont.truetype(str(regular), size) if regular else None


def eased(time: float) -> float:
    """Slow at both ends."""
    return (1 - cos(pi * min(max(time, 0), 1))) / 2


def poem(*lines: str) -> Drawing:
    """Lines of verse that appear one after another beside a rising sun and a branch."""

    def draw(canvas: Canvas, time: float) -> None:
        canvas.disc((-400, 170 - 260 * eased(time)), 60, AMBER)
        canvas.line([(-620, 190), (-180, 190)], TEAL, 6)
        canvas.line([(-560, 190), (-480, 60), (-430, 20)], INK, 7)
        for bud in range(5):
            if time > bud / 6:
                canvas.disc((-550 + 30 * bud, 150 - 33 * bud), 11, ROSE)
        for number, words in enumerate(lines):
            if time >= number / (len(lines) + 1):
                canvas.text((180, -160 + 95 * number), words, 60)

    return draw


def pie(parts: int, taken: int) -> Drawing:
    """A whole cut into equal parts, some of them taken."""

    def draw(canvas: Canvas, time: float) -> None:
        shown = min(parts, int(time * 2 * parts) + 1)
        coloured = min(taken, max(0, int((time - 0.5) * 2 * (taken + 1))))
        canvas.disc((-220, 20), 190, PALE, INK)
        for part in range(shown):
            colour = AMBER if part < coloured else PALE
            canvas.slice((-220, 20), 190, part * 360 / parts, (part + 1) * 360 / parts, colour)
        if coloured:
            canvas.text((230, -50), str(coloured), 120, AMBER)
            canvas.line([(150, 22), (310, 22)], INK, 7)
            canvas.text((230, 95), str(parts), 120, TEAL)

    return draw


def states_of_water(canvas: Canvas, time: float) -> None:
    """Particles in a lattice, loosened, then flying apart."""
    loose = eased(time) * 3
    for number in range(48):
        row, column = divmod(number, 8)
        wobble = sin(time * 40 + number * 1.7)
        reach = max(0.0, loose - 1.2)
        x = -210 + column * 60 + wobble * 7 * loose + (column - 3.5) * 48 * reach
        y = -140 + row * 60 + cos(time * 37 + number) * 7 * loose + (row - 2.5) * 14 * reach + min(loose, 1) * 12
        canvas.disc((x, min(max(y, -215), 250)), 20, SKY if loose < 1 else TEAL if loose < 2 else AMBER)


def pythagoras(canvas: Canvas, time: float) -> None:
    """A 3-4-5 triangle and the squares on its sides, one after another."""
    a, b, c = (-120.0, 60.0), (-120.0, -60.0), (40.0, 60.0)
    if time > 0.2:
        canvas.shape([a, b, (-240, -60), (-240, 60)], PALE)
        canvas.text((-180, 0), "9", 52)
    if time > 0.4:
        canvas.shape([a, c, (40, 220), (-120, 220)], PALE)
        canvas.text((-40, 140), "16", 52)
    if time > 0.6:
        canvas.shape([b, c, (160, -100), (0, -220)], AMBER)
        canvas.text((20, -80), "25", 52)
    canvas.shape([a, b, c], TEAL)
    if time > 0.8:
        canvas.text((400, 0), "3² + 4² = 5²", 64, TEAL)


def lens(canvas: Canvas, time: float) -> None:
    """A candle comes nearer to a convex lens; its image moves away, grows and stays upside down."""
    focus, distance = 110.0, 420 - 250 * eased(time)
    image = focus * distance / (distance - focus)
    height = 70.0
    canvas.line([(-600, 0), (600, 0)], PALE, 3)
    canvas.line([(0, -190), (16, 0), (0, 190), (-16, 0), (0, -190)], SKY, 6)
    for mark in (-2, -1, 1, 2):
        canvas.disc((mark * focus, 0), 6, INK)
    canvas.line([(-distance, 0), (-distance, -height)], ROSE, 12)
    shown = -height * image / distance
    canvas.line([(-distance, -height), (0, -height), (image, -shown)], AMBER, 3)
    canvas.line([(-distance, -height), (image, -shown)], AMBER, 3)
    canvas.line([(image, 0), (image, -shown)], TEAL, 12)


def turning_earth(canvas: Canvas, time: float) -> None:
    """The sun, and the earth turning from west to east, half in the light."""
    canvas.disc((-470, 0), 80, AMBER)
    for ray in range(3):
        canvas.line([(-360, -70 + 70 * ray), (-20, -70 + 70 * ray)], AMBER, 3)
    canvas.slice((220, 0), 190, 180, 360, SKY)
    canvas.slice((220, 0), 190, 0, 180, INK)
    turn = time * tau * 1.5
    for city in range(6):
        angle = turn + city * tau / 6
        canvas.disc((220 + 165 * cos(angle), -165 * sin(angle)), 14, AMBER if cos(angle) < 0 else PALE)
    canvas.disc((220, 0), 190, None, TEAL)


def rolling_circle(canvas: Canvas, time: float) -> None:
    """A circle rolls once and unrolls its circumference."""
    radius = 110.0
    travelled = tau * radius * eased(time)
    start = -360.0
    canvas.line([(-600, 180), (600, 180)], INK, 4)
    canvas.line([(start, 180), (start + travelled, 180)], AMBER, 12)
    middle = (start + travelled, 180 - radius)
    canvas.disc(middle, radius, PALE, TEAL)
    angle = travelled / radius + pi / 2
    canvas.line([middle, (middle[0] + radius * cos(angle), middle[1] + radius * sin(angle))], ROSE, 7)


def beats(canvas: Canvas, time: float) -> None:
    """Bars of two-four time; the note that sounds is lit."""
    lengths = [2, 1, 1, 2, 2, 1, 1, 1, 1, 4]
    playing, begun = time * sum(lengths), 0
    for length in lengths:
        x = -510 + begun * 64
        lit = begun <= playing < begun + length
        canvas.disc((x, 30), 30, AMBER if lit else TEAL)
        canvas.line([(x + 27, 30), (x + 27, -120)], INK, 6)
        if length == 1:
            canvas.line([(x + 27, -120), (x + 56, -85)], INK, 7)
        begun += length
        if begun % 4 == 0:
            canvas.line([(-545 + begun * 64, -150), (-545 + begun * 64, 90)], PALE, 5)


def parabola(canvas: Canvas, time: float) -> None:
    """y = ax² as a grows from below nothing."""
    canvas.line([(-560, 120), (560, 120)], INK, 3)
    canvas.line([(0, -230), (0, 270)], INK, 3)
    factor = -0.5 + 2 * eased(time)
    points = [(x * 60.0, 120 - factor * x * x * 40) for x in [step / 8 for step in range(-24, 25)]]
    canvas.line([point for point in points if -240 < point[1] < 275], TEAL, 7)
    canvas.text((400, -150), f"a = {factor:.1f}", 56, AMBER)


def sine(canvas: Canvas, time: float) -> None:
    """A point runs round the unit circle and draws its height."""
    angle = time * tau
    canvas.disc((-430, 20), 130, PALE, TEAL)
    tip = (-430 + 130 * cos(angle), 20 - 130 * sin(angle))
    canvas.line([(-430, 20), tip], AMBER, 6)
    canvas.line([(-220, 20), (600, 20)], INK, 3)
    steps = int(time * 120)
    curve = [(-220 + 6.4 * step, 20 - 130 * sin(step / 120 * tau)) for step in range(steps + 1)]
    if len(curve) > 1:
        canvas.line(curve, TEAL, 7)
        canvas.line([tip, curve[-1]], PALE, 3)


def bits(canvas: Canvas, time: float) -> None:
    """Eight lamps count in twos."""
    number = int(time * 40)
    for place in range(8):
        on = number >> (7 - place) & 1
        canvas.disc((-420 + place * 120, 0), 46, AMBER if on else PALE, INK)
        canvas.text((-420 + place * 120, 0), str(on), 48)
        canvas.text((-420 + place * 120, 90), str(2 ** (7 - place)), 34, TEAL)
    canvas.text((0, -140), f"= {number}", 72, TEAL)


def clock(canvas: Canvas, time: float) -> None:
    """The hands go from three o'clock to half past four."""
    minutes = 180 + 90 * eased(time)
    canvas.disc((0, 20), 225, PALE, TEAL)
    for hour in range(1, 13):
        angle = hour * tau / 12 - pi / 2
        canvas.text((190 * cos(angle), 20 + 190 * sin(angle)), str(hour), 40)
    for length, turn, colour, width in ((110, minutes / 720, INK, 12), (165, minutes / 60, AMBER, 8)):
        angle = turn * tau - pi / 2
        canvas.line([(0, 20), (length * cos(angle), 20 + length * sin(angle))], colour, width)
    canvas.disc((0, 20), 12, INK)


def sound(canvas: Canvas, time: float) -> None:
    """A string swings and pushes waves through the air."""
    swing = 60 * sin(time * 60)
    canvas.line([(-470, -200), (-470 + swing, 20), (-470, 240)], ROSE, 8)
    for ring in range(7):
        radius = ((time * 3 + ring / 7) % 1) * 760 + 60
        arc = [(-470 + radius * cos(a / 20), 20 + radius * sin(a / 20)) for a in range(-12, 13)]
        canvas.line([point for point in arc if point[0] < 620 and -240 < point[1] < 270] or arc[12:14], TEAL, 5)


def colours(canvas: Canvas, time: float) -> None:
    """Three primaries come together and mix."""
    apart = 250 * (1 - eased(time * 1.4))
    discs = ((-apart - 80, -60, "#d8342c"), (apart + 80, -60, "#f1c40f"), (0, 90 + apart * 0.3, "#2563b0"))
    for x, y, colour in discs:
        canvas.disc((x, y), 130, colour)
    if time > 0.75:
        for x, y, colour in ((0, -75, "#e67e22"), (-62, 45, "#7d3c98"), (62, 45, "#2e8b57")):
            canvas.disc((x, y), 44, colour, PAPER)


def lines(*words: str) -> Drawing:
    """Sentences on cards that slide in one by one."""

    def draw(canvas: Canvas, time: float) -> None:
        for number, sentence in enumerate(words):
            arrived = eased((time * (len(words) + 1)) - number)
            if arrived > 0:
                x, y = -900 * (1 - arrived), -170 + number * 120
                canvas.shape([(x - 460, y - 45), (x + 460, y - 45), (x + 460, y + 45), (x - 460, y + 45)], PALE, TEAL)
                canvas.text((x, y), sentence, 44)

    return draw
