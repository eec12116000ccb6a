"""The formats Heluo accepts, as data: what each is called, how its name ends, and whether a browser may show it.

Media types are those of the IANA registry. `inline` says that a browser may show the content in place: formats that can
carry script of their own (HTML, SVG, XML) never are.
"""

from dataclasses import dataclass

from heluo.kernel.files.enums import FileKind


@dataclass(frozen=True, slots=True)
class Format:
    """One accepted format. The first extension is the one a download gets when its name lacks a fitting one."""

    media_type: str
    kind: FileKind
    extensions: tuple[str, ...]
    title: str
    inline: bool = False
    demuxer: str = ""
    """Name of the only ffmpeg demuxer that may read it; empty for what ffmpeg never sees."""


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"

H5P, SCORM, CARTRIDGE = "application/x.h5p+zip", "application/x.scorm+zip", "application/vnd.ims.imsccv1p3"
"""H5P and SCORM are in no registry: theirs are of the tree for private use (RFC 6838, 3.4)."""

FORMATS: tuple[Format, ...] = (
    Format("video/mp4", FileKind.VIDEO, ("mp4", "m4v"), "MP4", inline=True, demuxer="mov"),
    Format("video/quicktime", FileKind.VIDEO, ("mov", "qt"), "MOV", inline=True, demuxer="mov"),
    Format("video/webm", FileKind.VIDEO, ("webm",), "WebM", inline=True, demuxer="matroska"),
    Format("audio/mpeg", FileKind.AUDIO, ("mp3",), "MP3", inline=True, demuxer="mp3"),
    Format("audio/mp4", FileKind.AUDIO, ("m4a",), "M4A", inline=True, demuxer="mov"),
    Format("audio/aac", FileKind.AUDIO, ("aac",), "AAC", inline=True, demuxer="aac"),
    Format("audio/wav", FileKind.AUDIO, ("wav",), "WAV", inline=True, demuxer="wav"),
    Format("audio/flac", FileKind.AUDIO, ("flac",), "FLAC", inline=True, demuxer="flac"),
    Format("audio/ogg", FileKind.AUDIO, ("ogg", "oga", "opus"), "Ogg", inline=True, demuxer="ogg"),
    Format("image/jpeg", FileKind.IMAGE, ("jpg", "jpeg", "jfif"), "JPEG", inline=True),
    Format("image/png", FileKind.IMAGE, ("png",), "PNG", inline=True),
    Format("image/gif", FileKind.IMAGE, ("gif",), "GIF", inline=True),
    Format("image/webp", FileKind.IMAGE, ("webp",), "WebP", inline=True),
    Format("image/bmp", FileKind.IMAGE, ("bmp",), "BMP", inline=True),
    Format("image/tiff", FileKind.IMAGE, ("tif", "tiff"), "TIFF"),
    Format("application/pdf", FileKind.PDF, ("pdf",), "PDF", inline=True),
    Format(f"{_OOXML}.wordprocessingml.document", FileKind.OFFICE, ("docx",), "Word"),
    Format(f"{_OOXML}.presentationml.presentation", FileKind.OFFICE, ("pptx", "ppsx"), "PowerPoint"),
    Format(f"{_OOXML}.spreadsheetml.sheet", FileKind.OFFICE, ("xlsx",), "Excel"),
    Format(f"{_ODF}.text", FileKind.OFFICE, ("odt",), "OpenDocument"),
    Format(f"{_ODF}.presentation", FileKind.OFFICE, ("odp",), "OpenDocument"),
    Format(f"{_ODF}.spreadsheet", FileKind.OFFICE, ("ods",), "OpenDocument"),
    Format("application/msword", FileKind.OFFICE, ("doc", "wps"), "Word 97–2003"),
    Format("application/vnd.ms-powerpoint", FileKind.OFFICE, ("ppt", "pps", "dps"), "PowerPoint 97–2003"),
    Format("application/vnd.ms-excel", FileKind.OFFICE, ("xls", "et"), "Excel 97–2003"),
    Format(H5P, FileKind.COURSEWARE, ("h5p",), "H5P"),
    Format(SCORM, FileKind.COURSEWARE, ("zip",), "SCORM"),
    Format(CARTRIDGE, FileKind.COURSEWARE, ("imscc",), "Common Cartridge"),
    Format("application/zip", FileKind.PACKAGE, ("zip",), "ZIP"),
    Format("application/epub+zip", FileKind.PACKAGE, ("epub",), "EPUB"),
    Format("text/plain", FileKind.TEXT, ("txt", "text", "md", "srt", "lrc"), "TXT", inline=True),
    Format("text/csv", FileKind.TEXT, ("csv",), "CSV", inline=True),
    Format("text/vtt", FileKind.TEXT, ("vtt",), "WebVTT", inline=True),
    Format("text/html", FileKind.WEBPAGE, ("html", "htm", "xhtml"), "HTML"),
    Format("image/svg+xml", FileKind.WEBPAGE, ("svg",), "SVG"),
    Format("application/xml", FileKind.WEBPAGE, ("xml",), "XML"),
)

BY_MEDIA_TYPE = {each.media_type: each for each in FORMATS}
BY_EXTENSION = {extension: each for each in FORMATS for extension in each.extensions}
