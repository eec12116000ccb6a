"""Real files to upload: a film with sound from the packaged ffmpeg, a worksheet typeset as PDF."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import typst

PAGES = 3


def film(folder: Path, seconds: int = 6) -> Path:
    """H.264 with AAC, as a phone records it."""
    path = folder / "分数的故事.mp4"
    picture, sound = f"testsrc2=size=640x360:rate=15:duration={seconds}", f"sine=frequency=440:duration={seconds}"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *inputs, *coding, str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def worksheet(folder: Path) -> Path:
    """Three A5 pages."""
    path = folder / "分数练习.pdf"
    source = folder / "worksheet.typ"
    pages = "\n#pagebreak()\n".join(f"= Worksheet, page {page}\n$ 1/2 + 1/4 = 3/4 $" for page in range(1, PAGES + 1))
    source.write_text(f'#set page(paper: "a5")\n{pages}\n')
    typst.compile(source, output=path)
    return path
