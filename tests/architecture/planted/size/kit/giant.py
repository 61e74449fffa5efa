"""Planted: a file, a method, a function and a list of parameters over budget."""

class Giant:
    def grow(self) -> int:
        x = 0
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        return x

def choose(n: int) -> int:
    if n == 0: return 0
    if n == 1: return 1
    if n == 2: return 2
    if n == 3: return 3
    if n == 4: return 4
    if n == 5: return 5
    if n == 6: return 6
    if n == 7: return 7
    if n == 8: return 8
    if n == 9: return 9
    return n



def carry(a: int, b: int, c: int, *, d: int, e: int, f: int) -> int:
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    a += 1
    return a
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
# and on it goes
