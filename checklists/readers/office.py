"""Formats that only an office program understands, converted by LibreOffice.

doc, wps, rtf and odt become docx, xls, xlsb, et and ods become xlsx; the result goes
through the readers of these. LibreOffice runs without a shell, with a time-out,
with a profile of its own that switches macros and links off, in a folder that is
gone afterwards: it neither sees nor changes the user's own.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from checklists.document import N_, DocumentError
from checklists.readers.original import MAX_BYTES, Original

TIME_OUT: Final = 120
"""Seconds that one conversion may take."""

_NAMES: Final = ("soffice", "libreoffice")
_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
)
_FILTERS: Final = {
    "docx": "docx:MS Word 2007 XML",
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
}
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""


def office_program() -> str | None:
    """LibreOffice's command on this machine, or ``None``."""
    found = (shutil.which(name) for name in _NAMES)
    placed = (place for place in _PLACES if Path(place).is_file())
    return next((name for name in found if name), None) or next(placed, None)


def convert(original: Original, suffix: str, target: str) -> bytes:
    """``original``, a file that ends in ``suffix``, as ``target`` (docx or xlsx).

    Raises:
        DocumentError: LibreOffice is not installed, fails or takes too long.
    """
    program = office_program()
    if program is None:
        raise DocumentError(
            N_("{name} needs LibreOffice to be read."),
            N_(
                "Files of the kind {kind} are converted by it, and it is not installed."
            ),
            N_("Install LibreOffice, or save the file as docx, xlsx or PDF."),
            name=original.name,
            kind=suffix,
        )
    with tempfile.TemporaryDirectory(
        prefix="ledger-", ignore_cleanup_errors=True
    ) as place:
        folder = Path(place)
        source = folder / f"document{suffix}"
        source.write_bytes(original.data)
        _run(program, source, _FILTERS[target], original.name)
        result = folder / "out" / f"document.{target}"
        if not result.is_file() or result.stat().st_size > MAX_BYTES:
            raise DocumentError(
                N_("{name} could not be converted."),
                N_("LibreOffice opened nothing in it: damaged, or behind a password."),
                N_("Open it in its own program, save it as docx or PDF, give that."),
                name=original.name,
            )
        return result.read_bytes()


def _run(program: str, source: Path, form: str, name: str) -> None:
    folder = source.parent
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    settings = profile / "user" / "registrymodifications.xcu"
    settings.write_text(_PROFILE, encoding="utf-8")
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        form,
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    kept = ("PATH", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")
    surroundings = {key: os.environ[key] for key in kept if key in os.environ}
    process = subprocess.Popen(  # noqa: S603 (no shell, our own arguments)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**surroundings, "HOME": str(folder)},
        start_new_session=True,
    )
    try:
        process.wait(TIME_OUT)
    except subprocess.TimeoutExpired:
        raise DocumentError(
            N_("{name} could not be converted."),
            N_("LibreOffice took more than {seconds} seconds over it."),
            N_("Open it in its own program, save it as docx or PDF, give that."),
            name=name,
            seconds=TIME_OUT,
        ) from None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice with the program that its start script started."""
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)  # it has not been waited for: it exists
    process.wait()
