"""Run as a script in a bounded process: pictures of an image or of a document's pages.

    python -I draw.py image|pdf SOURCE FOLDER SETTINGS

Writes WebP files to the folder and one JSON object to standard output. Decoders of foreign pictures have had holes;
here they hold no database connection and no key. Nothing of the house is imported.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

QUALITY = 80


def draw(kind: str, source: Path, folder: Path, limits: dict[str, Any]) -> dict[str, Any]:
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits["pixels"]
    return _image(source, folder, limits) if kind == "image" else _pdf(source, folder, limits)


def _save(picture: Image.Image, folder: Path, role: str, number: int, longest: int) -> dict[str, Any]:
    """One WebP with no metadata: places and cameras in EXIF stay behind."""
    small = picture.copy()
    small.thumbnail((longest, longest))
    clean = small.convert("RGBA" if "A" in small.getbands() or "transparency" in small.info else "RGB")
    clean.info.clear()
    place = folder / f"{role}-{number}.webp"
    clean.save(place, "WEBP", quality=QUALITY, method=4)
    return {"role": role, "number": number, "file": place.name, "width": clean.width, "height": clean.height}


def _image(source: Path, folder: Path, limits: dict[str, Any]) -> dict[str, Any]:
    with Image.open(source) as opened:
        width, height = opened.size
        opened.draft("RGB", (limits["widths"]["large"] * 2,) * 2)
        picture = ImageOps.exif_transpose(opened)
        if picture.size[0] < picture.size[1] and width > height:
            width, height = height, width
        pictures = [_save(picture, folder, role, 1, longest) for role, longest in limits["widths"].items()]
        return {"width": width, "height": height, "codec": opened.format or "", "pictures": pictures}


def _pdf(source: Path, folder: Path, limits: dict[str, Any]) -> dict[str, Any]:
    pictures: list[dict[str, Any]] = []
    texts: list[str] = []
    document = pypdfium2.PdfDocument(source)
    count = len(document)
    for index in range(min(count, max(limits["pages"], limits["text_pages"]))):
        page = document[index]
        if index < limits["text_pages"]:
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            words.close()
        if index < limits["pages"]:
            longest = limits["widths"]["large"]
            picture = page.render(scale=longest / max(*page.get_size(), 1)).to_pil()
            if index == 0:
                pictures.append(_save(picture, folder, "thumbnail", 1, limits["widths"]["thumbnail"]))
            pictures.append(_save(picture, folder, "page", index + 1, longest))
        page.close()
    document.close()
    text = "\n".join(texts).replace("\0", "")[: limits["text_length"]]
    return {"page_count": count, "pictures": pictures, "text": text}


def main() -> None:
    kind, source, folder, limits = sys.argv[1:]
    try:
        result = draw(kind, Path(source), Path(folder), json.loads(limits))
    except pypdfium2.PdfiumError as error:
        result = {"error": "password" if "password" in str(error).lower() else "damaged"}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        result = {"error": "too_large"}
    except (OSError, SyntaxError, ValueError, TypeError, IndexError):
        result = {"error": "damaged"}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
