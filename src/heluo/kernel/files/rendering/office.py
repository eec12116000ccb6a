"""Office documents as PDF, by LibreOffice where the machine has it."""

import os
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from heluo.kernel.files.kinds import Format
from heluo.kernel.files.limits import OFFICE_MEMORY
from heluo.kernel.files.rendering.programs import Unrenderable, run_bounded

_CAUTION = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
"""The settings of every run: no macro runs, nothing linked is fetched (a child process has no network besides)."""

_TYPEFACES = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{ours}</dir><cachedir>{cache}</cachedir>
</fontconfig>
"""
"""A server rarely has a Chinese typeface: ours, which documents are printed with, stands in."""


def as_pdf(source: Path, form: Format, folder: Path) -> Path:
    """A document as a PDF in the working folder. Raises `Unrenderable`.

    Each run has a profile of its own, or two at once would wait for each other's lock.
    """
    named = folder / f"document.{form.extensions[0]}"
    named.symlink_to(source)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_CAUTION, encoding="utf-8")
    typefaces = folder / "fonts.conf"
    typefaces.write_text(
        _TYPEFACES.format(ours=Path(settings.BUILT) / "fonts", cache=folder / "fonts"), encoding="utf-8"
    )
    run_bounded(
        settings.SOFFICE,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(named),
        memory=OFFICE_MEMORY,
        surroundings={"HOME": str(folder), "PATH": os.defpath, "FONTCONFIG_FILE": str(typefaces)},
    )
    made = folder / "document.pdf"
    if not made.exists():
        raise Unrenderable(_("文档打不开（可能有打开密码，或已损坏），不能生成预览；仍可下载原文件。"))
    return made
