"""QR codes: drawn here, shown inside the page, fetched from nobody."""

import segno
from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """A QR code as inline SVG; a phone reads it from paper, a screen reader skips it."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, light="#fff", border=2
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - drawn by segno, nobody wrote it  # nosec B704
