"""A Moodle to talk to: it speaks the four calls of its REST web service, in pages, and can refuse, hang or answer HTML."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

TOKEN = "a-token-that-nobody-else-reads"


class Site:
    """`people`: per course (number) a list of {id, username, email, fullname, done, grade, graded}."""

    def __init__(self) -> None:
        self.people: dict[int, list[dict[str, Any]]] = {}
        self.hides_addresses = False
        self.answers: str | None = None  # instead of what was asked for
        self.asked: list[str] = []
        self.url = ""

    def call(self, given: dict[str, str]) -> Any:
        function = given["wsfunction"]
        self.asked.append(function)
        if given["wstoken"] != TOKEN:
            return {"exception": "moodle_exception", "errorcode": "invalidtoken", "message": "Invalid token"}
        return getattr(self, function)(given)

    def core_enrol_get_enrolled_users(self, given: dict[str, str]) -> Any:
        options = {given[f"options[{n}][name]"]: given[f"options[{n}][value]"] for n in range(3)}
        people = self.people.get(int(given["courseid"]))
        if people is None:
            return {
                "exception": "dml_exception",
                "errorcode": "invalidrecord",
                "message": "Can't find data record",
            }
        begin = int(options["limitfrom"])
        rows = sorted(people, key=lambda row: row["id"])[begin : begin + int(options["limitnumber"])]
        hidden = ("email", "username") if self.hides_addresses else ()
        shown = ("id", "username", "email", "fullname")
        return [{name: row[name] for name in shown if name not in hidden} for row in rows]

    def core_user_get_users_by_field(self, given: dict[str, str]) -> Any:
        wanted = {int(value) for name, value in given.items() if name.startswith("values[")}
        rows = {row["id"]: row for people in self.people.values() for row in people if row["id"] in wanted}
        return [
            {name: row[name] for name in ("id", "username", "email", "fullname")} for row in rows.values()
        ]

    def core_completion_get_course_completion_status(self, given: dict[str, str]) -> Any:
        row = self.row(given)
        if row.get("no_criteria"):
            return {
                "exception": "moodle_exception",
                "errorcode": "nocriteriaset",
                "message": "No criteria set",
            }
        done = row.get("done")
        return {
            "completionstatus": {
                "completed": done is not None,
                "aggregation": 1,
                "completions": [
                    {"type": 4, "complete": True, "timecompleted": None},
                    {"type": 6, "complete": done is not None, "timecompleted": done or None},
                ],
            },
            "warnings": [],
        }

    def gradereport_user_get_grade_items(self, given: dict[str, str]) -> Any:
        row = self.row(given)
        items = [{"itemtype": "mod", "graderaw": 1.0, "grademin": 0, "grademax": 10}]
        items.append(
            {
                "itemtype": "course", "graderaw": row.get("grade"), "grademin": 0, "grademax": row.get("most", 100),
                "gradedategraded": row.get("graded"),
            }
        )  # fmt: skip
        return {
            "usergrades": [{"courseid": int(given["courseid"]), "userid": row["id"], "gradeitems": items}]
        }

    def row(self, given: dict[str, str]) -> dict[str, Any]:
        return next(one for one in self.people[int(given["courseid"])] if one["id"] == int(given["userid"]))


@contextmanager
def running() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = parse_qs(
                self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True
            )
            given = {name: values[0] for name, values in body.items()}
            if site.answers == "hang":
                time.sleep(3)
            status, kind, data = 200, "application/json", json.dumps(site.call(given)).encode()
            match site.answers:
                case "html":
                    kind, data = "text/html", b"<!doctype html><p>Site under maintenance</p>"
                case "redirect":
                    status = 302
                case "error":
                    status, data = 503, b""
                case "long":
                    data = b"[" + b" " * (9 * 1024 * 1024) + b"]"
                case "odd":
                    data = b'"a word"'
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status == 302:
                self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield site
        server.shutdown()
        thread.join()
