"""The dataclasses of the house do what those of the standard library do, and start quicker."""

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field, replace
from itertools import product
from typing import Any

import msgspec
import pytest

from tests.test_house_rules import imported, offenders
from wechat_scheduler.engine import records
from wechat_scheduler.engine.records import dataclass

MAKERS = [dataclass, dataclasses.dataclass]
both = pytest.mark.parametrize("make", MAKERS)


# Tells of a coin from the standard input, in a process that has made none.
UNPICKLED = """
import pickle, sys
pickled = sys.stdin.buffer.read()
coin = pickle.loads(pickled)
print(coin)
print(coin == pickle.loads(pickled))
try:
    coin.cents = 6
except Exception as error:
    print(type(error).__name__)
"""


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
def test_a_frozen_object_has_its_defaults_and_stays_closed(make: Callable[..., Any]) -> None:
    @make(frozen=True, slots=True)
    class Order:
        number: int
        _: dataclasses.KW_ONLY
        lines: list[str] = field(default_factory=list)
        by: str = "post"

    first, second = Order(1), Order(2, lines=["tea"], by="car")

    assert [first.lines, second.lines] == [[], ["tea"]]
    assert Order(1).lines is not first.lines
    assert repr(second).endswith("Order(number=2, lines=['tea'], by='car')")
    assert (type(first), first == Order(1), first == second) == (Order, True, False)
    assert copy.copy(second) == second == records.replace(first, number=2, lines=["tea"], by="car")
    assert type(records.replace(first, number=2)) is Order
    with pytest.raises(FrozenInstanceError):
        first.number = 2
    with pytest.raises(TypeError, match="2 positional arguments but 3 were given"):
        Order(1, [])


def test_a_copy_with_other_values_is_made_as_by_the_standard_library() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Span:
        begin: int
        end: int
        length: int = field(init=False, compare=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "length", self.end - self.begin)

    coin, span = Coin(cents=5, maker="mint"), Span(begin=1, end=3)

    copied, longer = records.replace(coin, cents=6), records.replace(span, end=9)

    assert (copied, copied.maker, coin.cents) == (Coin(cents=6), "mint", 5)
    assert (longer, longer.length) == (Span(begin=1, end=9), 8)
    assert (records.replace(coin), records.replace(span)) == (coin, span)
    with pytest.raises(FrozenInstanceError):
        copied.cents = 7  # type: ignore[misc] # that is the question
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        records.replace(coin, colour="red")


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
def test_an_object_of_a_derived_class_without_fields_of_its_own_is_one_of_it(
    make: Callable[..., Any],
) -> None:
    @make(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    class Loud(Order):
        __slots__ = ()

        def told(self) -> str:
            return f"{self.number}!"

    for _ in range(2):
        loud = Loud(number=1)
        assert (type(loud), loud.told()) == (Loud, "1!")
        assert (type(copied := records.replace(loud, number=2)), copied.told()) == (Loud, "2!")


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


def test_an_object_that_another_process_pickled_has_all_methods() -> None:
    pickled = pickle.dumps(Coin(cents=5, maker="mint"))
    reply = subprocess.run(
        [sys.executable, "-c", UNPICKLED], input=pickled, capture_output=True, check=True
    )

    assert reply.stdout.decode().splitlines() == [
        "Coin(cents=5)",
        "True",
        "FrozenInstanceError",
    ]


def test_a_method_is_written_when_it_is_first_called() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    first, second = Order(number=1), Order(number=1)
    before = {name: vars(Order)[name] for name in ("__eq__", "__repr__", "__setattr__")}
    equal = first == second

    assert equal
    assert [name for name, method in before.items() if vars(Order)[name] is method] == []


@both
def test_an_object_that_was_made_without_init_has_all_methods(make: Callable[..., Any]) -> None:
    """As msgspec makes them."""

    @make(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    first, second = msgspec.convert([{"number": 1}, {"number": 1}], list[Order])

    with pytest.raises(FrozenInstanceError):
        first.number = 2
    with pytest.raises(FrozenInstanceError):
        del second.number
    assert first == second
    assert len({first, second}) == 1
    assert repr(first).endswith("Order(number=1)")
    assert records.replace(first, number=2) == Order(number=2) != second


@both
def test_a_method_that_is_called_first_on_an_object_of_a_derived_class_is_written(
    make: Callable[..., Any],
) -> None:
    @make(frozen=True, slots=True, kw_only=True)
    class Order:
        number: int

    class Loud(Order):
        __slots__ = ()

    assert hash(Loud(number=1)) == hash(Order(number=1))
    assert repr(Loud(number=1)).endswith("Loud(number=1)")


def test_all_of_the_house_declare_their_dataclasses_so() -> None:
    with_the_standard_ones = offenders(
        # Most files are known by their text: reading the syntax of all takes seconds.
        lambda path: "dataclasses" in path.read_text() and "dataclasses.dataclass" in imported(path)
    )

    # A business app imports the client, and as little else as can be.
    others = [name for name in with_the_standard_ones if not name.startswith("client/")]
    assert others == ["engine/records.py"]
