import pytest

from tests.web.pages.reading import Reader
from wechat_scheduler.delivery.model import Form
from wechat_scheduler.web.pages.content import render

HARMLESS = {
    "a", "b", "blockquote", "br", "code", "copy", "details", "div", "em", "font", "h1", "hr", "i", "img",
    "li", "ol", "p", "pre", "section", "span", "strong", "table", "tbody", "td", "tr", "ul",
}  # fmt: skip
ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' java\nscript:alert(1)'>a</a>",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='vbscript:x'>a</a>",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<form action='https://evil.example'><input name='x'><button>ok</button></form>",
    "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
    "<base href='https://evil.example'><link rel='stylesheet' href='https://evil.example'>",
    "<style>body{display:none}</style>",
    "<div style='position:fixed;top:0;left:0;z-index:9;transform:scale(9)'>x</div>",
    "<div style='margin-top:-900px;pos/**/ition:absolute;opacity:0'>x</div>",
    "<div id='main' class='main' name='body'>x</div>",
    "<copy data-clipboard-text='x' onclick='alert(1)'>x</copy>",
    "</div></section></main><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "[a](javascript:alert(1)) ![a](javascript:alert(1)) <javascript:alert(1)>",
    "[a](https://x.example 'x\" onmouseover=\"alert(1)')",
    '`<img src=x onerror=alert(1)>` <p title="`"><img src=x onerror=alert(1)>`">',
]


# So many that the content is read with aliases of formatting elements.
PADDING = "<b>a</b>" * 400


@pytest.mark.parametrize("form", Form)
def test_what_a_sender_wrote_does_no_harm(form: Form) -> None:
    # Markdown goes through the same sanitiser as HTML does.
    padded = (PADDING + attack for attack in ATTACKS if form is Form.HTML)
    for attack in (*ATTACKS, *padded):
        read = Reader(render(attack, form))

        assert read.tags() <= HARMLESS, attack
        for name, value in read.attributes():
            assert not name.startswith("on"), attack
            assert name not in ("id", "class", "name") or value == "text", attack
            if name in ("href", "src"):
                assert value.startswith(("http://", "https://")), attack
            if name == "style":
                assert not {"position", "transform", "opacity", "z-index"} & set(value.split(":"))


@pytest.mark.parametrize("form", [Form.HTML, Form.MARKDOWN])
def test_the_copy_tag_keeps_its_text_and_becomes_a_button(form: Form) -> None:
    page = render("<copy data-clipboard-text='8\"<4'>验证码</copy>", form)

    assert Reader(page).all("copy") == [
        {"data-clipboard-text": '8"<4', "role": "button", "tabindex": "0"}
    ]


WRITTEN_OUT: list[tuple[str, list[str]]] = [
    ("见https://a.example/b?c=1&d=2。谢谢", ["https://a.example/b?c=1&d=2"]),
    ("(http://a.example/x_y).", ["http://a.example/x_y"]),
    ("ftp://a.example javascript:alert(1)", []),
    ("https://a.example，http://b.example", ["https://a.example", "http://b.example"]),
]


@pytest.mark.parametrize("form", [Form.TEXT, Form.MARKDOWN])
def test_addresses_that_are_written_out_become_links(form: Form) -> None:
    for text, addresses in WRITTEN_OUT:
        read = Reader(render(text, form))

        assert [link["href"] for link in read.all("a")] == addresses, (text, addresses)
        assert read.text.strip() == text, (text, addresses)


def test_an_address_inside_a_link_or_code_is_left_alone() -> None:
    text = (
        "[https://a.example](https://b.example) <a href='https://c.example'>https://d.example</a>"
    )

    read = Reader(render(f"{text} `https://e.example`", Form.MARKDOWN))

    assert [link["href"] for link in read.all("a")] == ["https://b.example", "https://c.example"]


def test_html_keeps_what_makes_it_readable() -> None:
    page = render(
        '<p style="color:red;text-align:center">a</p><img src="data:image/png;base64,AA==">',
        Form.HTML,
    )

    assert 'style="color:red;text-align:center"' in page
    assert 'src="data:image/png;base64,AA=="' in page


def test_markdown_keeps_tables_and_line_breaks() -> None:
    read = Reader(render("a\nb\n\n|x|y|\n|-|-|\n|1|2|\n", Form.MARKDOWN))

    assert {"br", "table", "td"} <= read.tags()


@pytest.mark.parametrize("padding", ["", PADDING])
def test_the_attributes_of_formatting_elements_are_kept(padding: str) -> None:
    content = '<font color="red" size="2" face="x">a</font><A HREF="https://a.example">b</A>'

    read = Reader(render(padding + content, Form.HTML))

    assert read.all("font") == [{"color": "red", "size": "2"}]
    assert read.all("a") == [{"href": "https://a.example", "rel": "noopener noreferrer"}]
