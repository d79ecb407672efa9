# One operation of SymPy. Reads a tree of JSON from standard input, builds it without eval, checks the result.
import json
import re
import sys


def main():
    data = json.load(sys.stdin)
    try:
        import sympy as sp
    except ImportError:
        return {"missing": "sympy"}

    symbols = {}

    def symbol(name):
        constants = {"pi": sp.pi, "e": sp.E, "i": sp.I, "infinity": sp.oo}
        if name in constants:
            return constants[name]
        return symbols.setdefault(name, sp.Symbol(name))

    functions = {
        "sqrt": sp.sqrt,
        "cbrt": lambda x: sp.real_root(x, 3),
        "root": lambda n, x: sp.real_root(x, n),
        "exp": sp.exp,
        "ln": sp.log,
        "log": lambda *a: sp.log(a[1], a[0]) if len(a) == 2 else sp.log(a[0], 10),
        "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "cot": sp.cot, "sec": sp.sec, "csc": sp.csc,
        "arcsin": sp.asin, "arccos": sp.acos, "arctan": sp.atan,
        "sinh": sp.sinh, "cosh": sp.cosh, "tanh": sp.tanh,
        "abs": sp.Abs, "floor": sp.floor, "ceil": sp.ceiling,
        "gcd": sp.gcd, "lcm": sp.lcm, "min": sp.Min, "max": sp.Max, "binomial": sp.binomial,
    }

    def build(tree):
        kind, *parts = tree
        if kind == "number":
            return sp.Rational(parts[0])
        if kind == "name":
            return symbol(parts[0])
        if kind == "call":
            return functions[parts[0]](*map(build, parts[1:]))
        left, *rest = map(build, parts)
        return {
            "negate": lambda: -left,
            "factorial": lambda: sp.factorial(left),
            "degrees": lambda: left * sp.pi / 180,
            "add": lambda: left + rest[0],
            "subtract": lambda: left - rest[0],
            "times": lambda: left * rest[0],
            "divide": lambda: left / rest[0],
            "power": lambda: left ** rest[0],
            "modulo": lambda: sp.Mod(left, rest[0]),
        }[kind]()

    def text(value):
        shown = str(value).replace("**", "^")
        for name, usual in (("log", "ln"), ("oo", "infinity"), ("I", "i"), ("E", "e")):
            shown = re.sub(rf"\b{name}\b", usual, shown)
        return shown

    def unsure(why):
        return {"unsure": why}

    def same(left, right):
        """Equal at several places, to ten digits."""
        difference = left - right
        names = sorted(difference.free_symbols, key=str)
        met = 0
        for place in ("0.3172", "0.7381", "1.2193", "2.4517", "3.7131"):
            values = {name: sp.Float(place, 40) + at for at, name in enumerate(names)}
            number = difference.subs(values).evalf(30)
            if not number.is_number or number.has(sp.nan, sp.zoo, sp.oo):
                continue
            if abs(number) > sp.Float("1e-10"):
                return False
            met += 1
        return met >= 2

    task = data["task"]
    if task in ("determinant", "inverse", "eigenvalues", "rank", "product"):
        matrix = sp.Matrix([[build(cell) for cell in row] for row in data["matrix"]])
        if task == "rank":
            return {"value": text(matrix.rank())}
        if task == "product":
            other = sp.Matrix([[build(cell) for cell in row] for row in data["other"]])
            if matrix.cols != other.rows:
                return unsure("the matrices do not fit together")
            return {"value": text((matrix * other).tolist())}
        if matrix.rows != matrix.cols:
            return unsure("the matrix is not square")
        if task == "determinant":
            return {"value": text(sp.simplify(matrix.det()))}
        if task == "eigenvalues":
            values = sorted(matrix.eigenvals(), key=sp.default_sort_key)
            return {"value": ", ".join(map(text, values))}
        if matrix.det() == 0:
            return {"value": "none: the determinant is 0"}
        return {"value": text(matrix.inv().tolist())}

    if task == "solve":
        unknowns = [symbol(name) for name in data["unknowns"]]
        equations = [build(left) - build(right) for left, right in data["equations"]]
        found = sp.solve(equations, unknowns, dict=True)
        if not found:
            return unsure("SymPy found no solution, which does not say that there is none")
        if len(unknowns) == 1 and any(equation.has(sp.sin, sp.cos, sp.tan, sp.cot) for equation in equations):
            return unsure("a trigonometric equation has infinitely many solutions")
        for solution in found:
            if set(solution) != set(unknowns):
                return unsure("the solutions are not all determined")
            if any(value.has(sp.LambertW, sp.CRootOf, sp.Piecewise) for value in solution.values()):
                return unsure("the solutions have no short form")
            if not all(same(equation.subs(solution), sp.Integer(0)) for equation in equations):
                return unsure("a solution could not be checked")
        each = [", ".join(f"{name} = {text(solution[name])}" for name in unknowns) for solution in found]
        return {"value": " or ".join(each)}

    expr, variable = build(data["expr"]), symbol(data["variable"])
    if task == "limit":
        place = build(data["a"])
        value = sp.limit(expr, variable, place)
        if place not in (sp.oo, -sp.oo) and value != sp.limit(expr, variable, place, "-"):
            return {"value": "does not exist"}
        if value.has(sp.Limit, sp.AccumBounds, sp.nan, sp.zoo):
            return unsure("SymPy found no limit")
        return {"value": text(value)}
    if task == "integrate":
        value = sp.integrate(expr, variable)
        if value.has(sp.Integral, sp.Piecewise):
            return unsure("SymPy found no antiderivative")
        if not same(sp.diff(value, variable), expr):
            return unsure("the antiderivative could not be checked")
        return {"value": text(value) + " + C"}
    if task == "definite":
        low, high = build(data["a"]), build(data["b"])
        value = sp.integrate(expr, (variable, low, high))
        if value.has(sp.Integral, sp.Piecewise, sp.nan, sp.zoo):
            return unsure("SymPy found no value of the integral")
        if value in (sp.oo, -sp.oo):
            return {"value": "diverges"}
        near = sp.Integral(expr, (variable, low, high)).evalf(12)
        if not near.is_number or abs(near - value.evalf(15)) > 1e-6 * (1 + abs(near)):
            return unsure("the integral could not be checked")
        return {"value": text(sp.simplify(value))}
    operations = {"simplify": sp.simplify, "factor": sp.factor, "expand": sp.expand, "differentiate": lambda e: sp.simplify(sp.diff(e, variable))}
    value = operations[task](expr)
    if value.has(sp.Derivative):
        return unsure("SymPy found no derivative")
    if task != "differentiate":
        if value == expr and task == "factor":
            return unsure("SymPy found no factors")
        if not same(value, expr) and sp.simplify(value - expr) != 0:
            return unsure("the result could not be checked")
    return {"value": text(value)}


print(json.dumps(main()))
