"""What went wrong, said so that the reader can act on it."""


class Problem(Exception):  # noqa: N818 - read by people, who have problems
    """One line that names the thing, what is wrong with it and what would be right.

    The command line prints it and ends with ``exit_status``; nothing else is shown.
    """

    exit_status = 1
