"""Finds what two sequences have in common, in order: E. W. Myers, An O(ND) Difference Algorithm (1986). Pure."""

from collections.abc import Hashable, Sequence

Pair = tuple[int, int]


def aligned(one: Sequence[Hashable], other: Sequence[Hashable], most: int) -> tuple[list[Pair], int]:
    """(index, index) of a longest common subsequence, and how many edits lie between the two.

    With more than `most` edits, only what both begin and end with is common. Time and memory grow with the square of
    the edits, not with the lengths.
    """
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    found, edits = _myers(one[start : len(one) - end], other[start : len(other) - end], most)
    pairs = [(n, n) for n in range(start)]
    pairs += [(start + x, start + y) for x, y in found]
    pairs += [(len(one) - n, len(other) - n) for n in range(end, 0, -1)]
    return pairs, edits


def _common(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many items both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _myers(one: Sequence[Hashable], other: Sequence[Hashable], most: int) -> tuple[list[Pair], int]:
    n, m = len(one), len(other)
    middle = min(n + m, most) + 1
    furthest = [0] * (2 * middle + 1)  # on each diagonal x - y, how far x has come
    trail: list[list[int]] = []
    for edits in range(min(n + m, most) + 1):
        trail.append(furthest[middle - edits - 1 : middle + edits + 2])
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and furthest[middle + k - 1] < furthest[middle + k + 1])
            x = furthest[middle + k + 1] if down else furthest[middle + k - 1] + 1
            y = x - k
            while x < n and y < m and one[x] == other[y]:
                x, y = x + 1, y + 1
            furthest[middle + k] = x
            if x >= n and y >= m:
                return _walked_back(trail, n, m), edits
    return [], n + m


def _walked_back(trail: Sequence[Sequence[int]], x: int, y: int) -> list[Pair]:
    pairs: list[Pair] = []
    for edits in range(len(trail) - 1, -1, -1):
        before, k = trail[edits], x - y
        at = k + edits + 1  # of diagonal k in the part that was kept
        down = k == -edits or (k != edits and before[at - 1] < before[at + 1])
        came_x = before[at + 1] if down else before[at - 1]
        came_y = came_x - (k + 1 if down else k - 1)
        while x > max(came_x, 0) and y > max(came_y, 0):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = came_x, came_y
    return pairs[::-1]
