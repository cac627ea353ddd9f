"""How a process starts: nobody looks for garbage in what it loads, and the pages are loaded before the first visit."""

import json
import os
import subprocess
import sys

from tests.servers import BASE_DIR

START = """
import gc, json, sys, threading
import hmis_portal
loading = gc.get_threshold()[0]
import hmis_portal.wsgi
print(json.dumps({
    "loading": loading, "loaded": gc.get_threshold()[0], "enabled": gc.isenabled(),
    "left": len(gc.get_objects()) / gc.get_freeze_count(), "pages": "hmis_portal.urls" in sys.modules,
    "threads": threading.active_count(),  # another would not live on in a forked worker
}))
"""


def test_a_web_process_looks_for_garbage_only_in_what_comes_after_its_start() -> None:
    environment = {**os.environ, "PORTAL_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", START], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said.pop("left") < 0.2
    assert said == {"loading": 500_000, "loaded": 50_000, "enabled": True, "pages": True, "threads": 1}
