"""Stable matching: people and posts choose each other, and no two of them would rather have each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from casebook.methods.allocation import arguments

Preferences = Mapping[Hashable, Iterable[Hashable]]
Capacity = int | Mapping[Hashable, int]


def stable_matching(applicants: Preferences, posts: Preferences, capacity: Capacity = 1) -> dict[Hashable, Hashable]:
    """Match applicants to posts by deferred acceptance, the applicants proposing.

    Each applicant proposes to the best post that has not refused yet; each post keeps the best of those who came, as
    many as it has places, and refuses the others. No pair outside the matching would rather have each other, and no
    applicant does better in any other stable matching.

    Parameters
    ----------
    applicants
        For each applicant the acceptable posts, the best first.
    posts
        For each post the acceptable applicants, the best first.
    capacity
        Places of every post, or a mapping from post to places; at least zero.

    Returns
    -------
    dict
        The post of each applicant, None for one without; the result does not depend on the order of the applicants.

    Raises
    ------
    ValueError
        When a list names somebody twice or names somebody unknown, or a capacity is missing or negative.

    References
    ----------
    D. Gale and L. S. Shapley, *College admissions and the stability of marriage*, American Mathematical Monthly 69
    (1962).
    """
    wishes, ranks, places = _checked(applicants, posts, capacity)
    held: dict[Hashable, list[Hashable]] = {post: [] for post in ranks}
    waiting = [(name, 0) for name in reversed(wishes)]
    while waiting:
        name, tried = waiting.pop()
        if tried == len(wishes[name]):
            continue
        post = wishes[name][tried]
        rank = ranks[post]
        if name in rank:
            held[post].append(name)
            held[post].sort(key=rank.__getitem__)
        refused = held[post].pop() if len(held[post]) > places[post] else name if name not in rank else None
        if refused is not None:
            waiting.append((refused, wishes[refused].index(post) + 1))
    matched = {name: post for post, names in held.items() for name in names}
    return {name: matched.get(name) for name in wishes}


def blocking_pairs(
    matching: Mapping[Hashable, Hashable], applicants: Preferences, posts: Preferences, capacity: Capacity = 1
) -> list[tuple[Hashable, Hashable]]:
    """List the pairs who would leave a matching for each other; a matching without any is stable.

    Parameters
    ----------
    matching
        The post of each applicant, None (or no entry) for one without.
    applicants, posts, capacity
        As in `stable_matching`.

    Returns
    -------
    list of tuple
        Applicant and post, in the order of the applicants and of their wishes.

    Raises
    ------
    ValueError
        As `stable_matching`, and when the matching joins two who do not accept each other or fills more places than
        there are.

    References
    ----------
    D. Gale and L. S. Shapley, as in `stable_matching`.
    """
    wishes, ranks, places = _checked(applicants, posts, capacity)
    held: dict[Hashable, list[Hashable]] = {post: [] for post in ranks}
    for name, post in matching.items():
        if post is not None:
            if name not in wishes or post not in wishes[name] or name not in ranks[post]:
                raise ValueError(f"matching: expected two who accept each other, found {name!r} and {post!r}")
            held[post].append(name)
    full = [post for post, names in held.items() if len(names) > places[post]]
    if full:
        raise ValueError(f"matching: expected at most {places[full[0]]} at {full[0]!r}, found {len(held[full[0]])}")
    found = []
    for name, wished in wishes.items():
        for post in wished:
            if post == matching.get(name):
                break
            rank = ranks[post]
            room = len(held[post]) < places[post]
            if name in rank and (room or any(rank[name] < rank[other] for other in held[post])):
                found.append((name, post))
    return found


def _checked(
    applicants: Preferences, posts: Preferences, capacity: Capacity
) -> tuple[dict[Hashable, list[Hashable]], dict[Hashable, dict[Hashable, int]], dict[Hashable, int]]:
    """Return wishes, ranks by post and places by post."""
    wishes = _lists("applicants", applicants, posts)
    ranks = {post: {name: k for k, name in enumerate(names)} for post, names in _lists("posts", posts, wishes).items()}
    if isinstance(capacity, Mapping):
        missing = [post for post in ranks if post not in capacity]
        if missing:
            raise ValueError(f"capacity: expected one for every post, found none for {missing[0]!r}")
        return wishes, ranks, {post: arguments.whole("capacity", capacity[post], 0) for post in ranks}
    return wishes, ranks, dict.fromkeys(ranks, arguments.whole("capacity", capacity, 0))


def _lists(what: str, preferences: Preferences, others: Mapping) -> dict[Hashable, list[Hashable]]:
    result = {name: list(wished) for name, wished in preferences.items()}
    for name, wished in result.items():
        strange = [other for other in wished if other not in others]
        if strange:
            raise ValueError(f"{what}: expected names of the other side for {name!r}, found {strange[0]!r}")
        if len(set(wished)) < len(wished):
            raise ValueError(f"{what}: expected each name once for {name!r}, found {wished}")
    return result
