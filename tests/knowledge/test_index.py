import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.index import FaissIndex, Vectors


def unit_rows(seed: int, count: int, dimension: int = 16) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def test_a_vector_finds_itself_first() -> None:
    vectors = unit_rows(1, 50)
    row, product = FaissIndex(vectors).search(vectors[7], 3)[0]
    assert row == 7
    assert product == pytest.approx(1.0, abs=1e-5)


def test_products_fall() -> None:
    vectors = unit_rows(2, 50)
    products = [product for _, product in FaissIndex(vectors).search(vectors[0], 20)]
    assert products == sorted(products, reverse=True)
    assert len(products) == 20


def test_more_is_asked_than_there_is() -> None:
    vectors = unit_rows(3, 4)
    assert {row for row, _ in FaissIndex(vectors).search(vectors[0], 10)} == {0, 1, 2, 3}


def test_empty_index_finds_nothing() -> None:
    assert FaissIndex(np.empty((0, 16), dtype=np.float32)).search(unit_rows(4, 1)[0], 3) == []


def test_equal_vectors_come_in_the_order_of_their_rows() -> None:
    vectors = np.repeat(unit_rows(5, 1), 4, axis=0)
    assert [row for row, _ in FaissIndex(vectors).search(vectors[0], 4)] == [0, 1, 2, 3]


@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(1, 70))
def test_faiss_finds_what_is_exactly_nearest(seed: int, count: int, k: int) -> None:
    vectors = unit_rows(seed, count)
    vector = unit_rows(seed + 1, 1)[0]
    found, exact = FaissIndex(vectors).search(vector, k), np.sort(vectors @ vector)[::-1][:k]
    assert [product for _, product in found] == pytest.approx(exact.tolist(), abs=1e-5)
