from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.vote.dependence import LARGEST_SIZE, Dependence, Size, SizeLaw

TWO = np.array([0, 1])
NONE = np.zeros(2)


def dependence(**changed: Any) -> Dependence:
    """Two states in two groups, with something changed."""
    fields: dict[str, Any] = {
        "groups": ("a", "b"),
        "group": TWO,
        "assembly": np.array([3.0, 0.0]),
        "bloc": np.array([4.0, 0.0]),
        "attendance": np.array([0.75, 0.0]),
    }
    return Dependence(**{**fields, **changed})


def test_a_states_own_part_is_what_its_weights_leave() -> None:
    # sqrt(1 + 3^2 + 4^2) = sqrt(26), and twice the size sqrt(1 + 4 * 25) = sqrt(101)
    np.testing.assert_allclose(dependence().own_stance(1.0), [1 / np.sqrt(26), 1.0])
    np.testing.assert_allclose(dependence().own_stance(2.0), [1 / np.sqrt(101), 1.0])
    # 1 / sqrt(1 + 0.75^2) = 1 / 1.25, and at size 4 / 3 1 / sqrt(2)
    np.testing.assert_allclose(dependence().own_attendance(1.0), [0.8, 1.0])
    np.testing.assert_allclose(dependence().own_attendance(4 / 3), [1 / np.sqrt(2), 1.0])


def test_at_size_0_all_is_a_states_own() -> None:
    np.testing.assert_array_equal(dependence().own_stance(0.0), [1.0, 1.0])
    np.testing.assert_array_equal(dependence().own_attendance(0.0), [1.0, 1.0])


def test_there_is_a_factor_for_stance_one_for_attendance_and_one_a_group() -> None:
    assert dependence().factor_count == 4
    assert Dependence.independent(7).factor_count == 3


def test_independent_states_share_nothing() -> None:
    alone = Dependence.independent(3)
    np.testing.assert_array_equal(alone.own_stance(LARGEST_SIZE), np.ones(3))
    np.testing.assert_array_equal(alone.own_attendance(LARGEST_SIZE), np.ones(3))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"assembly": np.zeros(3)}, r"assembly has shape \(3,\), expected \(2,\)"),
        ({"bloc": np.zeros((2, 1))}, r"bloc has shape \(2, 1\)"),
        ({"attendance": np.array([0.0, np.nan])}, "attendance of state 1: not finite"),
        ({"bloc": np.array([np.inf, 0.0])}, "bloc of state 0: not finite"),
        ({"group": np.array([0, 2])}, "group numbers: must be 0 to 1"),
        ({"group": np.array([-1, 0])}, "group numbers: must be 0 to 1"),
        ({"stance_sizes": (Size(0.5, 1.0),)}, "they must sum to 1"),
        ({"attendance_sizes": (Size(1.5, 1.0), Size(-0.5, 1.0))}, "they must sum to 1"),
        ({"stance_sizes": (Size(1.0, -1.0),)}, "sizes: must be 0 to"),
        ({"stance_sizes": (Size(1.0, LARGEST_SIZE + 1),)}, "sizes: must be 0 to"),
    ],
)
def test_what_is_no_dependence_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dependence(**changed)


def test_the_weights_are_copied_and_cannot_be_written() -> None:
    mine = np.array([3.0, 0.0])
    kept = dependence(assembly=mine).assembly
    mine[0] = 9.0
    assert kept[0] == 3.0
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1.0


def test_scaling_multiplies_every_size_of_stance_and_none_of_attendance() -> None:
    two = (Size(0.75, 1.0), Size(0.25, 2.0))
    found = dependence(stance_sizes=two, attendance_sizes=two).scaled(1.5)
    assert found.stance_sizes == (Size(0.75, 1.5), Size(0.25, 3.0))
    assert found.attendance_sizes == two


def test_scaling_stops_at_the_largest_size() -> None:
    assert dependence().scaled(1000.0).stance_sizes == (Size(1.0, LARGEST_SIZE),)


def test_scaled_to_0_states_share_no_stance() -> None:
    alone = dependence().scaled(0.0)
    [size] = alone.stance_sizes
    np.testing.assert_array_equal(alone.own_stance(size.factor), [1.0, 1.0])


def test_a_negative_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 0 to"):
        dependence().scaled(-1.0)


def test_part_of_the_states_keep_their_weights_and_groups() -> None:
    part = dependence().of([1])
    assert (part.groups, part.group.tolist()) == (("a", "b"), [1])
    assert (part.assembly.tolist(), part.bloc.tolist()) == ([0.0], [0.0])


def test_a_newer_text_shares_more_and_a_surprise_more_still() -> None:
    law = SizeLaw(base=0.0, slope=np.log(2), step=np.log(3), surprise=0.25)
    usual, surprise = law.sizes(0.0)
    assert (usual.chance, surprise.chance) == (0.75, 0.25)
    np.testing.assert_allclose([usual.factor, surprise.factor], [1.0, 3.0])
    # exp(log 2 * 1) = 2 for a text like no other, six times with a surprise: the largest size
    np.testing.assert_allclose([size.factor for size in law.sizes(1.0)], [2.0, 6.0])


def test_novelty_counts_from_0_to_1() -> None:
    law = SizeLaw(base=0.1, slope=0.5, step=0.2, surprise=0.1)
    assert law.sizes(-3.0) == law.sizes(0.0)
    assert law.sizes(7.0) == law.sizes(1.0)


def test_a_law_with_large_numbers_stays_within_the_largest_size() -> None:
    sizes = SizeLaw(base=3.0, slope=3.0, step=3.0, surprise=0.5).sizes(1.0)
    assert [size.factor for size in sizes] == [LARGEST_SIZE, LARGEST_SIZE]
    Dependence(("all",), TWO * 0, NONE, NONE, NONE, sizes, sizes)


def test_without_surprises_there_is_one_size() -> None:
    assert len(SizeLaw(base=0.0, slope=0.0, step=1.0, surprise=0.0).sizes(0.5)) == 1
