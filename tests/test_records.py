"""The dataclasses of the house do what those of the standard library do, and start quicker."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from itertools import product
from typing import Any

import pytest

from tests.test_house_rules import imported, offenders
from wechat_scheduler.records import dataclass

MAKERS = [dataclass, dataclasses.dataclass]
both = pytest.mark.parametrize("make", MAKERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """A value, at the top of a module: only such can be pickled."""

    cents: int
    maker: str = field(default="", repr=False, compare=False)


@pytest.mark.parametrize("settings", list(product([False, True], repeat=4)))
@both
def test_each_setting_means_what_it_means_in_the_standard_library(
    make: Callable[..., Any], settings: tuple[bool, ...]
) -> None:
    frozen, slots, kw_only, eq = settings

    @make(frozen=frozen, slots=slots, kw_only=kw_only, eq=eq)
    class Order:
        number: int
        lines: list[str] = field(default_factory=list)
        secret: str = field(default="hunter2", repr=False, compare=False)

        def __post_init__(self) -> None:
            self.lines.append("made")

    first, second, other = Order(number=1), Order(number=1, secret="x"), Order(number=2)

    assert repr(first).endswith("Order(number=1, lines=['made'])")
    assert [first == second, first == other, first == 1] == [eq, False, False]
    assert (Order.__hash__ is None) == (eq and not frozen)
    assert hasattr(first, "__dict__") != slots
    assert Order.__match_args__ == (() if kw_only else ("number", "lines", "secret"))
    assert [each.name for each in dataclasses.fields(Order)] == ["number", "lines", "secret"]
    assert replace(first, number=2).number == 2
    for act in (lambda: setattr(first, "number", 3), lambda: delattr(first, "number")):
        if frozen:
            with pytest.raises(FrozenInstanceError):
                act()
        else:
            act()


@both
@pytest.mark.parametrize("arguments", [{}, {"number": 1, "colour": "red"}])
def test_a_wrong_argument_is_refused_in_the_same_words_each_time(
    make: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    @make(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    for _ in range(2):
        with pytest.raises(TypeError, match=r"Order\.__init__\(\) (missing 1 required|got an un)"):
            Order(**arguments)


@both
def test_a_class_that_adds_to_another_has_the_fields_of_both(make: Callable[..., Any]) -> None:
    @make(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    @make(frozen=True, slots=True, kw_only=True)
    class Paid(Order):
        cents: int

    paid = Paid(number=1, cents=5)

    assert repr(paid).endswith("Paid(number=1, cents=5)")
    assert paid == Paid(number=1, cents=5) != Order(number=1)
    assert isinstance(paid, Order)
    with pytest.raises(FrozenInstanceError):
        paid.number = 2


@both
def test_a_method_of_its_own_stays(make: Callable[..., Any]) -> None:
    @make(frozen=True, slots=True, kw_only=True)
    class Name:
        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Name) and other.text.lower() == self.text.lower()

        def __hash__(self) -> int:
            return hash(self.text.lower())

        def __repr__(self) -> str:
            return "a name"

    assert len({Name(text="A"), Name(text="a")}) == 1
    assert repr(Name(text="A")) == "a name"


def test_an_object_is_copied_and_pickled() -> None:
    coin = Coin(cents=5, maker="mint")

    copies = [copy.copy(coin), copy.deepcopy(coin), pickle.loads(pickle.dumps(coin))]

    assert copies == [coin] * 3
    assert {each.maker for each in copies} == {"mint"}


def test_no_method_is_written_before_the_first_object() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    before = {name for name in ("__eq__", "__repr__", "__setattr__") if name in vars(Order)}
    _ = Order(number=1)

    assert before == set()
    assert {"__eq__", "__repr__", "__setattr__"} <= vars(Order).keys()


def test_all_of_the_house_declare_their_dataclasses_so() -> None:
    # A business app imports the client, and as little else as can be.
    allowed = ["client/client.py", "records.py"]

    assert offenders(lambda path: "dataclasses.dataclass" in imported(path)) == allowed
