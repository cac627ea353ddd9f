"""What is written to the log can be read by operators without letting them in."""

import structlog

from hmis_portal.running.logs import hide_one_time_links


def test_one_time_links_are_not_in_the_log() -> None:
    for address in (
        "/invitations/abc:def:ghi/",
        "/accounts/confirm-email/MTI:1x:yz/",
        "/accounts/password/reset/key/1-cxz-abc/",
    ):
        event = hide_one_time_links(None, "info", {"request": f"GET {address}"})
        assert event["request"].endswith("…/")
        assert "abc" not in event["request"]
        assert "MTI" not in event["request"]


def test_a_request_is_logged_without_its_token(db: None, client: object, caplog: object) -> None:
    with structlog.testing.capture_logs(processors=[hide_one_time_links]) as lines:
        client.get("/invitations/very-secret-token/")  # type: ignore[attr-defined]
    requests = [line["request"] for line in lines if "request" in line]
    assert requests
    assert not any("very-secret" in line for line in requests)
