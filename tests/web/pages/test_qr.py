import io

import pytest
import segno
from PIL import Image

from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.pages.qr import qr_jpeg, qr_png

LINK = "http://weixin.qq.com/q/02abcdefghijklmnop"


@pytest.mark.parametrize("size", [1, 200, 400, 1000])
def test_a_png_is_as_large_as_whole_modules_allow(size: int) -> None:
    image = Image.open(io.BytesIO(qr_png(LINK, size=size)))

    modules, _ = segno.make_qr(LINK, error="m").symbol_size()
    assert image.size == (modules * max(1, size // modules),) * 2


def test_an_image_for_an_address_in_jpg_is_a_jpeg() -> None:
    body = qr_jpeg(LINK)

    assert Image.open(io.BytesIO(body)).format == "JPEG"


def test_what_no_code_can_hold_is_the_callers_fault() -> None:
    with pytest.raises(InvalidRequestError, match="a qr code can hold"):
        qr_png("汉" * 3000)
