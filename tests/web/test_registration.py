"""The body of a registration is read strictly, and an error names the field."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cases import raising
from wechat_scheduler.credentials.model import Account, JobKey, Registration, Task
from wechat_scheduler.errors import InvalidRequestError
from wechat_scheduler.web.kit.bodies import convert
from wechat_scheduler.web.kit.kinds import KindTable
from wechat_scheduler.web.native.registration import (
    MOST_FIELDS,
    MOST_TASKS,
    RegistrationBody,
    read_registration,
)
from wechat_scheduler.webhooks.urls import check_url
from wechat_scheduler.wechat.tokens import TYPES

ORIGINAL = """{
    "appid": "wx1",
    "appsecret": "s3cret",
    "tasks": [
        {"type": 0, "notify": "http://10.0.0.1/notify", "params": "http://10.0.0.1/params"},
        {"type": 1, "notify": "", "params": ""}
    ]
}"""


class Counted(dict[str, Any]):
    """Counts the names that are looked at."""

    looked_at = 0

    def __iter__(self) -> Iterator[str]:
        for name in super().__iter__():
            self.looked_at += 1
            yield name


def read_bytes(body: bytes) -> Registration:
    return _read(body)[0]


def noted(*tasks: dict[str, Any], **fields: Any) -> str:
    body = {"appid": "wx1", "appsecret": "s3cret"} | ({"tasks": tasks} if tasks else {}) | fields
    return _read(json.dumps(body).encode())[1]


def _read(body: bytes) -> tuple[Registration, str]:
    return read_registration(body, KindTable(TYPES), check_url, owner="erp")


def read(*tasks: dict[str, Any], **fields: Any) -> Registration:
    body = {"appid": "wx1", "appsecret": "s3cret", "tasks": list(tasks)} | fields
    return read_bytes(json.dumps(body).encode())


def refused(*tasks: dict[str, Any], **fields: Any) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        read(*tasks, **fields)
    return str(caught.value)


def test_the_originals_json_is_read_as_it_stands() -> None:
    registration = read_bytes(ORIGINAL.encode())

    token = Task(
        key=JobKey("wx1", "access_token"),
        notify="http://10.0.0.1/notify",
        params="http://10.0.0.1/params",
    )
    ticket = Task(key=JobKey("wx1", "jsapi_ticket"))
    account = Account(appid="wx1", secret="s3cret")
    assert registration == Registration(account=account, owner="erp", tasks=(token, ticket))


TYPES_GIVEN: list[tuple[int | str, str]] = [
    (0, "access_token"),
    (1, "jsapi_ticket"),
    (2, "oauth2_access_token"),
    (3, "component_access_token"),
    ("0", "access_token"),
    ("jsapi_ticket", "jsapi_ticket"),
    ("wx_card_ticket", "wx_card_ticket"),
]


def test_a_type_is_a_number_or_a_name() -> None:
    for given, kind in TYPES_GIVEN:
        (task,) = read({"type": given}).tasks

        assert task.key == JobKey("wx1", kind), (given, kind)


def test_an_unknown_type_is_refused_with_those_that_are_known() -> None:
    for given in (999, -1, 10**30, "", "access-token", "00000", "٣"):
        message = refused({"type": 0}, {"type": given})

        assert message.startswith(
            f"tasks[1].type: unknown task type {given}; use one of 0 access_"
        ), given
        assert message.endswith(f", {TYPES[-1].kind}"), given


SUBJECTS: list[tuple[dict[str, Any], str]] = [
    ({"type": 2, "openid": "o1"}, "o1"),
    ({"type": 2, "subject": "o1"}, "o1"),
    ({"type": 2, "subject": "o1", "openid": "o1"}, "o1"),
    ({"type": 2}, ""),
    ({"type": 4, "authorizer_appid": "wx9"}, "wx9"),
    ({"type": 4, "params": "http://erp/p"}, ""),
    ({"type": 1, "authorizer_appid": "wx9"}, "wx9"),
]


def test_a_subject_goes_by_its_own_name_or_by_wechats() -> None:
    for task, subject in SUBJECTS:
        (read_task,) = read(task).tasks

        assert read_task.key.subject == subject, (task, subject)


UNFIT: list[tuple[dict[str, Any], str]] = [
    ({"type": 0, "subject": "o1"}, "tasks[0].subject: access_token has no subject"),
    ({"type": 0, "openid": "o1"}, "tasks[0].openid: access_token has no subject"),
    (
        {"type": 2, "authorizer_appid": "wx9"},
        "tasks[0].authorizer_appid: oauth2_access_token goes by openid",
    ),
    (
        {"type": 4, "openid": "o1"},
        "tasks[0].openid: authorizer_access_token goes by authorizer_appid",
    ),
    ({"type": 2, "subject": "o1", "openid": "o2"}, "tasks[0].openid: differs from subject"),
    (
        {"type": 4},
        "tasks[0].authorizer_appid: name the authorizer_appid, "
        "or give a params URL that returns it",
    ),
    (
        {"type": 2, "openid": "o/1"},
        "tasks[0].openid: must be letters, digits, '-' and '_', 128 at the most",
    ),
]


def test_a_subject_that_does_not_fit_is_refused_at_its_place() -> None:
    for task, message in UNFIT:
        assert refused(task) == message, (task, message)


@pytest.mark.parametrize(
    "tasks",
    [
        [{"type": 0}, {"type": 0}],
        [{"type": 0}, {"type": "access_token"}],
        [{"type": 2, "openid": "o1"}, {"type": 2, "subject": "o1"}],
    ],
)
def test_the_same_task_twice_is_refused(tasks: list[dict[str, Any]]) -> None:
    assert refused(*tasks) == "tasks[1]: the body has the same task twice"


def test_the_same_type_of_two_users_is_two_tasks() -> None:
    tasks = read({"type": 2, "openid": "o1"}, {"type": 2, "openid": "o2"}).tasks

    assert [task.key.subject for task in tasks] == ["o1", "o2"]


@pytest.mark.parametrize("name", ["notify", "params"])
def test_an_address_that_cannot_be_called_is_refused_and_not_repeated(name: str) -> None:
    for url in ("ftp://x/", "erp/n", "http://?key=hidden", "http://x/#f", "http://x/ö"):
        message = refused({"type": 0, name: url})

        assert message.startswith(f"tasks[0].{name}: "), url
        assert url not in message, url


def test_an_appid_is_what_can_stand_in_a_path() -> None:
    for appid in ("", "wx 1", "wx/1", "wx1\n", "ö", "x" * 129):
        assert refused(appid=appid).startswith("appid: must "), appid


def test_a_secret_that_wechat_never_gave_out_is_refused_and_not_repeated() -> None:
    for secret in ("", "with space", "line\nbreak", "\x00", "x" * 257):
        message = refused(appsecret=secret)

        assert message.startswith("appsecret: "), secret
        assert not secret or secret not in message, secret


@pytest.mark.parametrize("endpoint", ["", "stable_token", "token"])
def test_an_account_may_say_where_its_tokens_come_from(endpoint: str) -> None:
    registration = read(access_token_endpoint=endpoint)

    assert registration.account.endpoint == endpoint


OTHER_FORMS: list[tuple[dict[str, Any], str]] = [
    ({"appid": 1}, "appid"),
    ({"appsecret": None}, "appsecret"),
    ({"tasks": {}}, "tasks"),
    ({"tasks": [1]}, "tasks["),
    ({"tasks": [{"type": 0, "notify": 1}]}, "notify"),
    ({"tasks": [None]}, "tasks["),
    ({"tasks": [{"type": True}]}, "type"),
    ({"tasks": [{"type": 1.5}]}, "type"),
    ({"access_token_endpoint": "elsewhere"}, "access_token_endpoint"),
]


def test_a_field_of_another_form_is_named() -> None:
    for fields, place in OTHER_FORMS:
        assert place in refused(**fields), (fields, place)


OF_GO: list[tuple[str, list[tuple[str, str]]]] = [
    ('{"appid": "wx1", "appsecret": "s", "tasks": null}', []),
    ('{"appid": "wx1", "appsecret": "s", "tasks": [{}]}', [("access_token", "")]),
    (
        '{"appid": "wx1", "appsecret": "s", "access_token_endpoint": null, "tasks":'
        ' [{"type": null, "notify": null, "params": null, "subject": null, "openid": null}]}',
        [("access_token", "")],
    ),
    (
        '{"AppID": "wx1", "AppSecret": "s", "Tasks": [{"Type": 3, "Notify": "http://a/"},'
        ' {"notify": "http://b/"}]}',
        [("component_access_token", "http://a/"), ("access_token", "http://b/")],
    ),
    ('\ufeff{"appid": "wx1", "appsecret": "s"}', []),
]


def test_what_a_go_program_leaves_out_or_spells_its_own_way_is_read() -> None:
    for body, types in OF_GO:
        registration = read_bytes(body.encode())

        assert registration.account == Account(appid="wx1", secret=registration.account.secret), (
            body,
            types,
        )
        assert [(task.key.kind, task.notify) for task in registration.tasks] == types, (body, types)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"AppID": "wx1", "appid": "wx2", "appsecret": "s"}', "appid: differs from AppID"),
        (
            '{"appid": "wx1", "appsecret": "s", "tasks": [{"notify": "http://a/", "Notify": "x"}]}',
            "tasks[0].Notify: differs from notify",
        ),
    ],
)
def test_two_spellings_of_one_field_may_not_differ(body: str, message: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_bytes(body.encode())

    assert str(caught.value) == message


def test_two_spellings_of_one_field_may_agree() -> None:
    read_bytes(b'{"AppID": "wx1", "appid": "wx1", "APPID": null, "appsecret": "s"}')


@pytest.mark.parametrize("missing", ["appid", "appsecret"])
def test_a_field_that_is_missing_is_named(missing: str) -> None:
    body = {"appid": "wx1", "appsecret": "s"}
    del body[missing]

    with pytest.raises(InvalidRequestError) as caught:
        read_bytes(json.dumps(body).encode())

    assert str(caught.value) == f"{missing}: is required"
    assert caught.value.field == missing


NONE_AT_ALL: list[bytes] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b'{"appid": "\xff"}',
    b"\xff\xfe{}",
    b'{"x":' + b"[" * 50_000,
]


def test_what_is_no_registration_at_all_is_refused() -> None:
    for body in NONE_AT_ALL:
        with raising(InvalidRequestError, body):
            read_bytes(body)


@pytest.mark.parametrize(("place", "name"), [("body", "{}"), ("tasks[0]", '{{"tasks": [{}]}}')])
def test_an_object_has_no_more_fields_than_are_read_at_once(place: str, name: str) -> None:
    fields = ", ".join(f'"x{number}": 1' for number in range(MOST_FIELDS + 1))
    body = name.format(f"{{{fields}}}").encode()

    with pytest.raises(InvalidRequestError) as refused:
        read_bytes(body)

    assert str(refused.value) == (
        f"{place}: has 101 fields, more than 100: send those of the documentation"
    )


def test_a_body_has_no_more_tasks_than_one_transaction_stores_soon() -> None:
    tasks = [{"type": 2, "openid": f"o{number}", "params": "http://a/"} for number in range(501)]

    most = read(*tasks[:MOST_TASKS])
    message = refused(*tasks)

    assert len(most.tasks) == MOST_TASKS == 500
    assert message == (
        "tasks: has 501 tasks, more than 500: register them with several requests, each with the appid "
        "and a part of the tasks"
    )


def test_what_is_compared_with_a_missing_name_is_bounded() -> None:
    names = Counted({f"appid{number}": 1 for number in range(50_000)})

    with pytest.raises(InvalidRequestError, match=r"appid: is required; the body has appid\d"):
        convert(names, RegistrationBody)

    assert 0 < names.looked_at <= 100


def test_a_secret_is_in_no_representation() -> None:
    registration = read({"type": 0, "notify": "http://erp/n?token=hidden"})

    assert "s3cret" not in repr(registration)
    assert "hidden" not in repr(registration)


def test_fields_that_are_not_known_are_left_alone() -> None:
    registration = read({"type": 0, "comment": "ours"}, remark="x")

    assert len(registration.tasks) == 1


def test_a_misspelt_field_is_named_beside_the_one_that_is_missing() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_bytes(b'{"appid": "wx1", "appsecre": "s3cret"}')

    assert str(caught.value) == "appsecret: is required; the body has appsecre"


OTHER_NAMES: list[tuple[dict[str, Any], str]] = [
    ({"task": [{"type": 2}]}, "task is not known here, and is ignored; did you mean tasks?"),
    ({"Task": [{"type": 2}]}, "Task is not known here, and is ignored; did you mean tasks?"),
    ({"taks": []}, "taks is not known here, and is ignored; did you mean tasks?"),
    ({"jobs": [{"type": 0}]}, "jobs is not known here, and is ignored."),
]


def test_a_body_whose_tasks_have_another_name_gets_a_note() -> None:
    for fields, note in OTHER_NAMES:
        assert noted(**fields) == f"no task is registered: {note}", (fields, note)


MISSPELT: list[tuple[str, str]] = [
    ("notifyUrl", "notify"),
    ("notfy", "notify"),
    ("param", "params"),
    ("open_id", "openid"),
    ("Typ", "type"),
]


def test_a_misspelt_field_of_a_task_gets_a_note() -> None:
    for name, meant in MISSPELT:
        assert noted({"type": 1, "notify": ""}, {name: "0"}) == (
            f"tasks[1].{name} is not known here, and is ignored; did you mean {meant}?"
        ), (name, meant)


def test_an_unknown_field_where_none_is_missing_gets_no_note() -> None:
    assert noted({"type": 0, "remark": "erp"}, task="x", comment="y") == ""
    assert noted({"type": 0, "notify": "", "notifyUrl": "x"}) == ""
    assert noted() == ""


def test_a_note_speaks_of_three_fields_and_shortens_long_names() -> None:
    note = noted(
        *({"type": 2, "openid": f"o{n}", "notify" + "x" * 1000: ""} for n in range(MOST_TASKS))
    )

    assert note.count("did you mean notify?") == 3
    assert len(note) < 500
