"""Prints the constants of src/Engine/Units/Binary64.cs and Binary32.cs, from 80-digit arithmetic.

Each function is written as known leading terms plus x^k * P, and P is the polynomial that meets the function at
Chebyshev's nodes on the reduced interval. Of the N nodes the k nearest to zero are left out: the factor x^k already
makes the error vanish there, so the error stays close to the smallest possible one and falls to zero with x.
"""
import struct
from decimal import Decimal as D, getcontext

getcontext().prec = 80


def series(first, ratio):
    """first * (1 + ratio(1) + ratio(1) ratio(2) + ...) until it no longer changes."""
    total, term, i = D(0), first, 1
    while total + term != total:
        total, term, i = total + term, term * ratio(i), i + 1
    return total


def sin(x): return series(x, lambda i: -x * x / (2 * i * (2 * i + 1)))
def cos(x): return series(D(1), lambda i: -x * x / ((2 * i - 1) * 2 * i))
def atan_inverse(m): return series(D(1) / m, lambda i: D(-(2 * i - 1)) / ((2 * i + 1) * m * m))


PI = 16 * atan_inverse(5) - 4 * atan_inverse(239)  # Machin 1706
LN2 = D(2).ln()


def nodes(limit, count, left_out):
    roots = [limit * cos((2 * i + 1) * PI / (2 * count)) for i in range(count)]
    return sorted(roots, key=abs)[left_out:]


def interpolate(xs, ys):
    """Coefficients, highest power first (Newton's divided differences, multiplied out)."""
    c = list(ys)
    for j in range(1, len(xs)):
        for i in range(len(xs) - 1, j - 1, -1):
            c[i] = (c[i] - c[i - 1]) / (xs[i] - xs[i - j])
    poly = [c[-1]]
    for a, x in zip(reversed(c[:-1]), reversed(xs[:-1])):
        poly = [p - x * q for p, q in zip(poly + [D(0)], [D(0)] + poly)]
        poly[-1] += a
    return poly


def in_x(f, limit, count, left_out):
    xs = nodes(limit, count, left_out)
    return interpolate(xs, [f(x) for x in xs])


def in_square(f, limit, count, left_out):
    xs = [x for x in nodes(limit, count, left_out) if x > 0]
    return interpolate([x * x for x in xs], [f(x) for x in xs])


def exp_rest(r): return (r.exp() - 1 - r) / (r * r)                              # e^r = 1 + r + r^2 P(r)
def log_rest(s): return (((1 + s) / (1 - s)).ln() - 2 * s) / (s * s * s)         # ln((1+s)/(1-s)) = 2s + s^3 Q(s^2)
def sin_rest(r): return (sin(r) - r) / (r * r * r)                               # sin r = r + r^3 S(r^2)
def cos_rest(r): return (cos(r) - 1 + r * r / 2) / (r * r * r * r)               # cos r = 1 - r^2/2 + r^4 C(r^2)


LN2_HALF = LN2 / 2
LOG_S = (D(2).sqrt() - 1) / (D(2).sqrt() + 1)
PI_4 = PI / 4

POLYNOMIALS = [  # name, function, interpolation, interval, left out, nodes for binary64, nodes for binary32
    ("ExpP", exp_rest, in_x, LN2_HALF, 2, 12, 7),
    ("LogQ", log_rest, in_square, LOG_S, 3, 17, 9),
    ("SinS", sin_rest, in_square, PI_4, 3, 15, 9),
    ("CosC", cos_rest, in_square, PI_4, 4, 16, 10),
]


def binary64(x): return float(x)
def binary32(x): return struct.unpack("<f", struct.pack("<f", float(x)))[0]


def parts(x, count, rounded):
    found = []
    for _ in range(count):
        found.append(rounded(x))
        x -= D(found[-1])
    return found


def show(title, rounded, text, column):
    print(title)
    for name, f, fit, limit, left_out, *counts in POLYNOMIALS:
        print(f"  {name}: " + ", ".join(text(rounded(c)) for c in fit(f, limit, counts[column], left_out)))
    print(f"  Log2E: {text(rounded(1 / LN2))}")
    print(f"  Ln2 parts: {', '.join(map(text, parts(LN2, 2, rounded)))}")
    print(f"  TwoOverPi: {text(rounded(2 / PI))}")
    print(f"  Pi/2 parts: {', '.join(map(text, parts(PI / 2, 3, rounded)))}")
    print(f"  SqrtHalf: {text(rounded(D('0.5').sqrt()))}")


show("binary64", binary64, repr, 0)
show("binary32", binary32, lambda x: f"{x:.9g}f", 1)
