"""The recipe of the SDKs for Node in docs/sdks.md, run by Node, if the machine has it, on a stand-in for the SDKs."""

import shutil
import subprocess

import pytest

from tests.documents import ROOT, blocks

NODE = shutil.which("node")
SDKS = (ROOT / "docs" / "sdks.md", ROOT / "docs" / "sdks.zh-CN.md")
# As the SDKs: addresses of settings and fixed ones, all of which pass through `request`.
CLIENTS = """
class Client {
  request(url, options) { return `${this === api || this === oauth} ${options.method} ${url}`; }
}
const [WechatAPI, OAuth, appid, consumerSecret] = [Client, Client, 'wx1', 'wcs_x'];
"""
CALLS = """
for (const [client, url] of [
  [api, 'https://api.weixin.qq.com/cgi-bin/token?secret=wcs_x'],
  [api, 'https://api.weixin.qq.com/card/create?url=https://api.weixin.qq.com/'],
  [api, 'http://file.api.weixin.qq.com/cgi-bin/media/upload'],
  [api, 'https://mp.weixin.qq.com/cgi-bin/showqrcode'],
  [oauth, 'https://api.weixin.qq.com/sns/userinfo'],
  [api, 'http://daemon:9001/cgi-bin/menu/get'],
]) console.log(client.request(url, { method: 'GET' }));
"""


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_the_recipe_leads_every_call_of_the_node_sdks_to_the_daemon() -> None:
    english, chinese = (
        [block.text for block in blocks(document) if block.language == "js"] for document in SDKS
    )
    (recipe,) = english

    ran = subprocess.run(
        [str(NODE), "-e", CLIENTS + recipe + CALLS],
        capture_output=True,
        text=True,
        check=True,
    )

    assert english == chinese
    assert ran.stdout.splitlines() == [
        "true GET http://daemon:9001/cgi-bin/token?secret=wcs_x",
        "true GET http://daemon:9001/card/create?url=https://api.weixin.qq.com/",
        "true GET http://daemon:9001/cgi-bin/media/upload",
        "true GET http://daemon:9001/cgi-bin/showqrcode",
        "true GET http://daemon:9001/sns/userinfo",
        "true GET http://daemon:9001/cgi-bin/menu/get",
    ]
