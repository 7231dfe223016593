"""Groups of a cluster whose brokers are still to say who coordinates them."""

import pytest
from kafka.errors import CoordinatorNotAvailableError, GroupAuthorizationFailedError

from pipeline.lag.coordinated import once_coordinated


def test_an_error_that_passes_is_waited_for() -> None:
    answers = iter([CoordinatorNotAvailableError(), CoordinatorNotAvailableError(), "there"])

    def ask() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return str(answer)

    assert once_coordinated(ask, pause=0.001) == "there"


@pytest.mark.parametrize("error", [CoordinatorNotAvailableError, GroupAuthorizationFailedError])
def test_one_that_does_not_is_raised(error: type[Exception]) -> None:
    def ask() -> None:
        raise error

    with pytest.raises(error):
        once_coordinated(ask, patience=0.01, pause=0.001)
