"""The one error of this package: a start that cannot go on, said in one line."""


class StackError(Exception):
    """A start that cannot go on; the message is one line that says what is wrong and what helps."""
