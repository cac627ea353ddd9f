"""A program of the live portal that waits for questions: `LivePortal.shell` asks it, so that none starts Django anew.

Each line of its input is a piece of Python as JSON; each line of its output is what the piece assigned to `answer`.
"""

import json
import sys
import traceback

import django


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr
    django.setup()
    from django.db import close_old_connections

    for line in sys.stdin:
        close_old_connections()
        names = {"answer": None}
        try:
            exec(json.loads(line), names)
            said = {"answer": names["answer"]}
        except BaseException:
            said = {"error": traceback.format_exc()}
        print(json.dumps(said, default=str), file=answers, flush=True)


if __name__ == "__main__":
    main()
