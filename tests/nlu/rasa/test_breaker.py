"""When a failing server is left alone, and when it is tried again."""

from nlu.rasa.breaker import MOST_FAILURES, REST_S, Breaker


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(MOST_FAILURES):
        breaker = breaker.called(at).failed(at)
    return breaker


def test_calls_go_on_until_a_few_in_a_row_have_failed() -> None:
    breaker = Breaker()
    for _ in range(MOST_FAILURES - 1):
        breaker = breaker.called(0).failed(0)
        assert breaker.allows(0)
    assert not breaker.called(0).failed(0).allows(0)


def test_a_success_ends_the_row() -> None:
    breaker = Breaker().failed(0).failed(0).succeeded().failed(0).failed(0)
    assert breaker.allows(0)


def test_after_a_rest_one_trial_is_allowed_and_nobody_beside_it() -> None:
    breaker = broken(at=100.0)
    assert not breaker.allows(100 + REST_S - 0.1)
    assert breaker.allows(100 + REST_S)
    assert not breaker.called(100 + REST_S).allows(100 + REST_S)


def test_a_failed_trial_means_another_rest() -> None:
    breaker = broken(at=0.0).called(REST_S).failed(REST_S + 1)
    assert not breaker.allows(2 * REST_S)
    assert breaker.allows(2 * REST_S + 1)


def test_a_trial_that_never_ends_does_not_end_all_trials() -> None:
    assert broken(at=0.0).called(REST_S).allows(2 * REST_S)


def test_a_good_trial_lets_everybody_in() -> None:
    breaker = broken(at=0.0).called(REST_S).succeeded()
    assert not breaker.is_open
    assert breaker.called(REST_S).allows(REST_S)
