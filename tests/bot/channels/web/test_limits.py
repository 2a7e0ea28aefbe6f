from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.limits import Window, Windows


@given(st.lists(st.floats(0, 100), max_size=60), st.integers(1, 5), st.floats(0.5, 20))
def test_never_more_than_the_limit_in_any_window(times: list[float], count: int, per_s: float) -> None:
    window = Window(count, per_s)
    allowed = [moment for moment in sorted(times) if window.allows(moment)]
    for moment in allowed:
        assert sum(moment - per_s < other <= moment for other in allowed) <= count


def test_a_refused_time_does_not_prolong_the_wait() -> None:
    window = Window(1, 10)
    assert window.allows(0)
    assert not window.allows(9)
    assert window.allows(10)


def test_each_key_has_its_own_window_and_idle_ones_are_forgotten() -> None:
    windows = Windows(1, 10)
    assert windows.allows("a", 0)
    assert not windows.allows("a", 1)
    assert windows.allows("b", 1)
    assert windows.allows("c", 100)
    assert set(windows._windows) == {"c"}
