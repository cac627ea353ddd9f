"""Has a reader look at somebody's file in this process, with limits, and knows nothing of the portal.

    python -I isolated.py READER.py < one line of JSON {"about": …}, then the file's bytes

The reader is a module that imports nothing of the portal either, with its limits `SECONDS` and `MEMORY` (bytes) and with
`read(data, about)`, which may take more of what the line asks. Prints as JSON what that returns, or {"error": name}.
A hostile file can at most end this process: it writes no file, and its answer is bounded too.
"""

import json
import logging
import resource
import runpy
import sys

MOST_ANSWER = 48 * 1024 * 1024  # bytes; the largest is a photo made anew


def main() -> None:
    reader = runpy.run_path(sys.argv[1])
    memory, seconds = reader["MEMORY"], reader["SECONDS"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer: object = reader["read"](data, **asked)
    except Exception as error:  # whatever a hostile file provokes is an answer
        answer = {"error": type(error).__name__}
    answer_bytes = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(
        answer_bytes if len(answer_bytes) <= MOST_ANSWER else b'{"error": "answer too long"}'
    )


if __name__ == "__main__":
    main()
