"""How a service provider is spoken with, whatever its library: on standard input one question a
line, on standard output one answer a line, both JSON. A refusal is an answer too.
"""

import json
import sys


class Refused(Exception):
    """What the library's caller has to refuse, since the library leaves it to its caller."""

    def __init__(self, error, message):
        super().__init__(message)
        self.error = error


def check(condition, error, message):
    if not condition:
        raise Refused(error, message)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def converse(make):
    """Makes a service provider of its setup, the program's argument, and lets it answer: a question
    is named as the method that answers it, and has its arguments beside its name.
    """
    provider = make(json.loads(sys.argv[1]))
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = getattr(provider, asked.pop("ask"))(**asked)
        except Exception as error:
            name = getattr(error, "error", None) or type(error).__name__
            answer = {"error": name, "message": str(error) or repr(error)}
        print(json.dumps(answer), flush=True)
