"""Words of the form ``name=value`` after a verb that is no job of Hydra's: told apart from overrides of a scenario, and read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sim.config.errors import SimError, nearest

__all__ = ["choices", "refuse", "split_words", "whole"]


def split_words(verb: str, words: Sequence[str], known: Collection[str], flags: Collection[str] = ()) -> tuple[dict[str, str], list[str]]:  # fmt: skip
    """The verb's own words by name (a flag's value is empty), and the rest in order.

    Raises
    ------
    SimError
        An unknown flag, a word without ``=``, a name given twice or without a value.
    """
    own, rest = dict[str, str](), list[str]()
    for word in words:
        name, equals, value = word.partition("=")
        if word in flags:
            own[word] = ""
        elif word.startswith("-") and not word.startswith(("-=", "--=")):
            allowed = tuple(flags) or tuple(f"{name}=" for name in known)
            raise SimError(f"not an option of {verb}", given=word, allowed=allowed, suggestion=nearest(word, flags))
        elif not equals and not word.startswith("~"):
            near = nearest(name, known)
            raise SimError(
                f"not a word of {verb}", given=word, allowed=[f"{n}=" for n in known], suggestion=near and f"{near}="
            )
        elif name not in known:
            rest.append(word)
        elif name in own:
            raise SimError("given twice", key=name)
        elif not value:
            raise SimError("needs a value", key=name)
        else:
            own[name] = value
    return own, rest


def whole(given: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``.

    Raises
    ------
    SimError
        Anything else.
    """
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and low <= int(text) <= high):
        raise SimError("not a whole number in range", key=name, given=text, allowed=f"{low} to {high}")
    return int(text)


def choices(given: Mapping[str, str], name: str, default: Sequence[str], allowed: Collection[str]) -> tuple[str, ...]:
    """Names with commas between them, each once and each allowed.

    Raises
    ------
    SimError
        An unknown name, an empty one, or one twice.
    """
    names = tuple(given[name].split(",")) if name in given else tuple(default)
    for place, item in enumerate(names):
        if item not in allowed:
            raise SimError("no such name", key=name, given=item, allowed=allowed, suggestion=nearest(item, allowed))
        if item in names[:place]:
            raise SimError("given twice", key=name, given=item)
    return names


def refuse(verb: str, overrides: Sequence[str], names: Collection[str]) -> None:
    """See that none of the overrides sets one of ``names``, which mean nothing to the verb.

    Raises
    ------
    SimError
        Where one does.
    """
    for text in overrides:
        name = text.partition("=")[0].lstrip("+~")
        if name in names:
            raise SimError(f"not for {verb}", key=name, given=text, cure="leave it out")
