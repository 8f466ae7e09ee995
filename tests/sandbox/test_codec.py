"""The test vectors are those of other implementations of WeChat's encryption."""

from base64 import b64decode

from wechat_scheduler.sandbox.pushes.codec import encrypt, signature

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def test_a_chinese_text_is_encrypted_as_wxjava_expects() -> None:
    sealed = encrypt("我是中文abcd123", KEY, "wxb11529c136998cb6", salt=b"aaaabbbbccccdddd")

    assert sealed == (
        "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
    )


def test_a_text_is_encrypted_and_signed_as_wechatpy_expects() -> None:
    sealed = encrypt(
        "5927782489442352469",
        "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR",
        "wx49f0ab532d5d035a",
        salt=b"2304fc2fe146f1f8",
    )

    assert sealed == (
        "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
    )
    assert (
        signature("123456", "1411443780", "437374425", sealed)
        == "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"
    )


def test_a_text_is_padded_to_the_length_of_wechats_own_example() -> None:
    sealed = encrypt("x" * 292, KEY, "wx134c8103faa5a59e", salt=b"1205899eaf019bbd")

    assert len(b64decode(sealed)) == 352


def test_a_verify_ticket_is_encrypted_and_signed() -> None:
    message = (
        "<xml><AppId>wx00000000000000aa</AppId><CreateTime>1413192605</CreateTime>"
        "<InfoType>component_verify_ticket</InfoType>"
        "<ComponentVerifyTicket>ticket@@@TEST</ComponentVerifyTicket></xml>"
    )

    sealed = encrypt(message, KEY, "wx00000000000000aa", salt=b"0123456789abcdef")

    assert sealed == (
        "Q3stYC6hdFzMh9T8HCvyDNWdSvRxhYHSV/0/aIjFqY1/8VXD6ZMtqg5Y7YJmfCR9+QVlH7kqC5lO+e5/k0ArTjpa"
        "CGIvcuVJpf3aN+y/AFd+LGpywxPn8l/nviRxHzweIlvJ5Hk9nU1XLJ5h4fA7fXJBH+43jdB2uHQSgXsol2FJzAej"
        "GpsAFpaKswjXpgrNs/i388BgPT08rr9xBMF7EQLEb30c10iabNlgBchZU332kgEKybCkJtBXAdH0zsFtlvIBIJaC"
        "kTCUNKaS8m3JNxso4wR3/ZjANl8a8hUcfP0="
    )
    assert (
        signature("testtoken", "1413192605", "1320562132", sealed)
        == "dfba8ba051afca2b1259131404d96a62fa2ec586"
    )
    assert (
        signature("testtoken", "1413192605", "1320562132")
        == "252c5055399b98cee90adf3fd7c0f81a106885e9"
    )
