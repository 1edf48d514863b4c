"""The event loop of the floor, compiled: one tick a second, one cell a tick, one robot a node.

In a tick every robot that is under way wants the next node of its way. Of those who want the same node one has the
turn: a robot in a ring of robots that wait for each other, else the one whose number comes up. It moves if the node is
free or its holder moves too. A line therefore starts together and a ring turns as one, so that no ring locks for good.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# What a robot is about, in turn.
FETCH, LIFT, CARRY, PICK, RETURN, DROP = range(6)

# Columns of the tally.
PICKS, MOVES, HELD, QUEUED = range(4)

# Columns of the fleet.
AT, GOAL, POD, PHASE, TIMER = range(5)

UNKNOWN, MOVING, STAYING, ASKED = range(4)


@njit(cache=True)
def order(rng, here, hop, distance, taken, pods, among):  # noqa: ANN001, ANN201
    """Draw waiting orders whose pods stand in their place; return the pod nearest to the robot."""
    best = -1
    for _ in range(among):
        pod = int(rng.random() * pods)
        while taken[pod] or pod == best:
            pod = int(rng.random() * pods)
        if best < 0 or distance[pod, here] < distance[best, here]:
            best = pod
    taken[best] = True
    return best


@njit(cache=True)
def rings(want, turn, holder, state, path):  # noqa: ANN001, ANN201
    """Give the turn to robots that wait for each other in a ring; nobody outside it could ever let them go."""
    for first in range(want.size):
        robot, length = first, 0
        while robot >= 0 and state[robot] == UNKNOWN:
            state[robot] = ASKED
            path[length] = robot
            length += 1
            robot = holder[want[robot]] if want[robot] >= 0 else -1
        for k in range(length):
            state[path[k]] = STAYING
            if path[k] == robot:
                for j in range(k, length):
                    turn[want[path[j]]] = path[j]
    state[:] = UNKNOWN


@njit(cache=True)
def moves(robot, want, turn, holder, state, path):  # noqa: ANN001, ANN201
    """Say whether a robot can move: follow the line ahead of it to a free node, a standing robot or itself."""
    length = 0
    while state[robot] == UNKNOWN:
        state[robot] = ASKED
        path[length] = robot
        length += 1
        if want[robot] < 0 or turn[want[robot]] != robot:
            answer = STAYING
            break
        ahead = holder[want[robot]]
        if ahead < 0:
            answer = MOVING
            break
        robot = ahead
    else:
        answer = MOVING if state[robot] == ASKED else state[robot]
    for k in range(length):
        state[path[k]] = answer


@njit(cache=True)
def started(rng, hop, distance, pods, robots, among):  # noqa: ANN001, ANN201
    """Put every robot under a pod of its own and give it an order."""
    fleet, holder, taken = np.zeros((robots, 5), np.int64), np.full(hop.shape[1], -1), np.zeros(pods, np.bool_)
    for i in range(robots):
        fleet[i, AT] = order(rng, 0, hop, distance, taken, pods, 1)
        holder[fleet[i, AT]] = i
    for i in range(robots):
        fleet[i, POD] = fleet[i, GOAL] = order(rng, fleet[i, AT], hop, distance, taken, pods, among)
    return fleet, holder, taken


@njit(cache=True)
def stand(rng, robot, hop, distance, taken, pods, stations, among):  # noqa: ANN001, ANN201
    """Let a standing robot wait a second, and give it its next goal when it has done; return picks made."""
    robot[TIMER] -= 1
    if robot[TIMER] > 0:
        return 0
    if robot[PHASE] == LIFT:
        robot[GOAL], robot[PHASE] = pods + int(rng.random() * stations), CARRY
    elif robot[PHASE] == PICK:
        robot[GOAL], robot[PHASE] = robot[POD], RETURN
        return 1
    else:
        robot[POD] = robot[GOAL] = order(rng, robot[AT], hop, distance, taken, pods, among)
        robot[PHASE] = FETCH
    return 0


@njit(cache=True)
def go(rng, fleet, want, state, holder, taken, handling, log_scale):  # noqa: ANN001, ANN201
    """Move the robots that can, and let those that arrive stand; return the cells driven."""
    cells = 0
    for i in range(want.size):
        if state[i] == MOVING:
            holder[fleet[i, AT]] = -1
    for i in range(want.size):
        if state[i] == MOVING:
            if fleet[i, AT] < taken.size and fleet[i, PHASE] == FETCH:
                taken[fleet[i, AT]] = False
            fleet[i, AT] = want[i]
            holder[want[i]] = i
            cells += 1
            if want[i] == fleet[i, GOAL]:
                fleet[i, PHASE] += 1
                fleet[i, TIMER] = handling
                if fleet[i, PHASE] == PICK:
                    fleet[i, TIMER] = 1 + int(np.log(1 - rng.random()) * log_scale)
    return cells


@njit(cache=True)
def drive(rng, hop, distance, pods, lanes, streets, robots, ticks, warm, handling, log_scale, among):  # noqa: ANN001, ANN201
    """Simulate a fleet; return the tally of the ticks after the warm-up, and where everybody stands at the end."""
    fleet, holder, taken = started(rng, hop, distance, pods, robots, among)
    want, state, path = np.empty(robots, np.int64), np.zeros(robots, np.int64), np.empty(robots, np.int64)
    turn, tally = np.full(hop.shape[1], -1), np.zeros(4, np.int64)
    for t in range(ticks):
        if t == warm:
            tally[:] = 0
        for i in range(robots):
            want[i] = -1
            if fleet[i, TIMER] > 0:
                tally[PICKS] += stand(rng, fleet[i], hop, distance, taken, pods, lanes - pods, among)
            else:
                want[i] = hop[fleet[i, GOAL], fleet[i, AT]]
        state[:] = UNKNOWN
        rings(want, turn, holder, state, path)
        for k in range(t, t + robots):
            i = k % robots
            if want[i] >= 0 and turn[want[i]] < 0:
                turn[want[i]] = i
        for i in range(robots):
            moves(i, want, turn, holder, state, path)
        for i in range(robots):
            if want[i] >= 0:
                turn[want[i]] = -1
                if state[i] == STAYING:
                    tally[QUEUED if lanes <= fleet[i, AT] < streets else HELD] += 1
        tally[MOVES] += go(rng, fleet, want, state, holder, taken, handling, log_scale)
    return tally, fleet[:, AT].copy()
