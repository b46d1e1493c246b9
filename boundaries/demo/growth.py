"""Regions that grow from seeds over a graph of land: connected by construction, in the wanted proportions."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

Graph = Sequence[Mapping[int, float]] | Mapping[int, Mapping[int, float]]


def grow_balanced(
    graph: Graph, cost: Graph, area: Sequence[float], seeds: Mapping[str, Sequence[int]], wanted: Mapping[str, float]
) -> dict[int, str]:
    """Every node gets the label of a region it is connected to; the region furthest behind its wanted area takes the next node.

    seeds: nodes each region may start from (the first free one is taken at once, so no region stays empty if one is free).
    """
    owner: dict[int, str] = {}
    filled = dict.fromkeys(seeds, 0.0)
    front: dict[str, list[tuple[float, int]]] = {label: [] for label in seeds}
    turns: list[tuple[float, str]] = []

    def take(label: str, node: int, spent: float) -> None:
        owner[node] = label
        filled[label] += area[node]
        for other in graph[node]:
            if other not in owner:
                heapq.heappush(front[label], (spent + cost[node][other], other))

    for label in sorted(seeds, key=lambda s: (len(seeds[s]), s)):
        start = next((n for n in seeds[label] if n not in owner), None)
        if start is not None:
            take(label, start, 0.0)
        for n in seeds[label]:
            heapq.heappush(front[label], (1.0, n))
        heapq.heappush(turns, (filled[label] / wanted[label], label))
    while turns:
        _, label = heapq.heappop(turns)
        while front[label]:
            spent, node = heapq.heappop(front[label])
            if node not in owner:
                take(label, node, spent)
                heapq.heappush(turns, (filled[label] / wanted[label], label))
                break
    return owner


def grow_nearest(cost: Graph, members: set[int], seeds: Sequence[int]) -> dict[int, int]:
    """Every member reachable from a seed gets the position of the seed that is cheapest to reach."""
    owner: dict[int, int] = {}
    heap = [(0.0, k, node) for k, node in enumerate(seeds)]
    heapq.heapify(heap)
    while heap:
        spent, k, node = heapq.heappop(heap)
        if node in owner:
            continue
        owner[node] = k
        for other, price in cost[node].items():
            if other in members and other not in owner:
                heapq.heappush(heap, (spent + price, k, other))
    return owner


def components(members: set[int], graph: Graph) -> list[list[int]]:
    """Connected parts of a set of nodes, the largest first."""
    left, out = set(members), []
    for node in sorted(members):
        if node not in left:
            continue
        left.discard(node)
        part, todo = [node], [node]
        while todo:
            for other in graph[todo.pop()]:
                if other in left:
                    left.discard(other)
                    part.append(other)
                    todo.append(other)
        out.append(sorted(part))
    return sorted(out, key=lambda p: (-len(p), p[0]))
