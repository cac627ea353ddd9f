"""An address as a picture that a phone reads (QR code)."""

import qrcode
from django.utils.safestring import SafeString
from qrcode.image.svg import SvgPathFillImage


def code_as_svg(address: str) -> SafeString:
    """The drawing alone, to stand in a page; black on white, with the quiet border that scanners need."""
    picture = qrcode.make(address, image_factory=SvgPathFillImage, border=4)
    return SafeString(picture.to_string(encoding="unicode"))
