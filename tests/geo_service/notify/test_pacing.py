"""One recipient however the address is written."""

import pytest

from geo_service.notify.pacing import recipient_of


@pytest.mark.parametrize(
    "written", ["138 1234 8000", "138-1234-8000", "+8613812348000", "86 138 1234 8000", "0086-13812348000", "013812348000"]
)
def test_a_phone_is_one_however_it_is_written(written: str) -> None:
    assert recipient_of(written) == recipient_of("13812348000")


def test_others_are_others() -> None:
    told = [
        recipient_of(one) for one in ("13812348000", "13812348001", "8613812348", "desk@example.org", "desk2@example.org", "0353-2293333")
    ]
    assert len(set(told)) == len(told)
    assert recipient_of("Desk@Example.org") == recipient_of("desk@example.org")
    assert recipient_of("") == ""
    assert all("138" not in one[:3] or len(one) == 32 for one in told)
