"""Who may ask the server what."""

from __future__ import annotations

import json

import pytest
from tests.studio.desk import HOST, PORT, TOKEN, Page


def refused(reading: Page, status: int, code: str, **headers: str) -> None:
    answer = reading.http.get("/api/desk", headers=headers)
    assert answer.status_code == status
    found = answer.json()["findings"][0]
    assert found["code"] == code
    assert found["message"]["zh"]
    assert found["remedy"]["en"]


def test_without_the_token_nothing_is_told(reading: Page):
    for given in ("", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Basic eA==",
                  f"{TOKEN}"):  # fmt: skip
        refused(reading, 401, "J917", Authorization=given)


def test_the_token_in_the_address_is_for_downloads_only(reading: Page):
    bare = {"Authorization": ""}
    assert reading.http.get(f"/api/desk?token={TOKEN}", headers=bare).status_code == 401
    assert reading.http.get(f"/api/file?token={TOKEN}&path=x", headers=bare).status_code == 404
    assert reading.http.get("/api/file?token=wrong&path=x", headers=bare).status_code == 401
    assert reading.http.post(f"/api/save?token={TOKEN}", json={}, headers=bare).status_code == 401


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"[::1]:{PORT}", "",
     f"127.0.0.1.evil.example:{PORT}", f"0.0.0.0:{PORT}", f"2130706433:{PORT}"],
)  # fmt: skip
def test_a_foreign_name_for_this_machine_is_refused(reading: Page, host: str):
    refused(reading, 403, "J918", Host=host)
    assert reading.http.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", f"https://{HOST}", "null", "http://127.0.0.1:1", f"http://{HOST}.evil"],
)
def test_another_page_is_refused(reading: Page, origin: str):
    refused(reading, 403, "J918", Origin=origin)


def test_its_own_page_is_not(reading: Page):
    for host in (HOST, f"localhost:{PORT}"):
        headers = {"Origin": f"http://{host}", "Host": host, "Sec-Fetch-Site": "same-origin"}
        assert reading.http.get("/api/desk", headers=headers).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "strange"])
def test_what_browsers_say_of_other_pages_counts(reading: Page, site: str):
    refused(reading, 403, "J918", **{"Sec-Fetch-Site": site})


def test_every_answer_tells_browsers_what_to_keep_to(reading: Page):
    for path in ("/", "/static/nothing.js", "/api/desk", "/api/nothing"):
        headers = reading.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in reading.http.get("/").headers


def test_a_body_has_to_be_json_of_bounded_size(reading: Page):
    post = reading.http.post
    assert post("/api/try", content=b"{}").status_code == 415
    assert post("/api/try", content=b"ref=x", headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 415  # fmt: skip
    json_ = {"Content-Type": "application/json; charset=utf-8"}
    large = json.dumps({"text": "满" * 800_000}, ensure_ascii=False).encode()
    assert post("/api/try", content=large, headers=json_).status_code == 413

    def chunks():
        for _ in range(50):
            yield b" " * 100_000

    assert post("/api/try", content=chunks(), headers=json_).status_code == 413
    lying = {**json_, "Content-Length": "99999999999999999999"}
    assert post("/api/try", content=b"{}", headers=lying).status_code in (400, 413)
    for wrong in (b"", b"{", b"[]", b"1", b'{"a":NaN}', b"\xff\xfe{}", b'{"a":"\\ud800"}',
                  b"[" * 100_000, b'{"a":' * 30 + b"1" + b"}" * 30, b'{"a":1' + b"0" * 5000 + b"}"):  # fmt: skip
        answer = post("/api/try", content=wrong, headers=json_)
        assert answer.status_code == 400, wrong[:20]
        assert reading.codes(answer.json()) == ["J923"]


def test_brackets_in_texts_are_no_nesting(reading: Page):
    text = "[" * 500 + '"\\' + "{" * 500
    answer = reading.post("/api/try", {"ref": text}, status=404)
    assert reading.codes(answer) == ["J915"]


def test_what_is_not_there_is_said_without_a_traceback(reading: Page):
    for path in ("/nothing", "/api/nothing", "/static/../server.py", "/static/%2e%2e/server.py",
                 "/static/..%2fserver.py", "/api/jobs/no", "/api/file?path=../x"):  # fmt: skip
        answer = reading.http.get(path)
        assert answer.status_code == 404, path
        assert "Traceback" not in answer.text
        assert reading.codes(answer.json())[0] in ("J921", "J934")
    assert reading.http.delete("/api/desk").status_code == 405


def test_an_unexpected_error_stays_inside(reading: Page, monkeypatch: pytest.MonkeyPatch, caplog):
    def broken() -> None:
        raise RuntimeError("secret path /home/x")

    monkeypatch.setattr(reading.desk, "desk", broken)
    answer = reading.http.get("/api/desk")
    assert answer.status_code == 500
    assert reading.codes(answer.json()) == ["J922"]
    assert "secret" not in answer.text
    assert "secret" in caplog.text
