using System.Collections.Immutable;

namespace BrainSim.Engine.Expressions;

/// <summary>Walks over expression trees, once per shared node and without recursion.</summary>
public static class Rewriting
{
    /// <summary>Every node once, arguments before the calls that use them.</summary>
    public static IEnumerable<Expr> ArgumentsFirst(Expr root)
    {
        HashSet<Expr> seen = new(ReferenceEqualityComparer.Instance);
        Stack<(Expr Node, bool ArgumentsDone)> open = new([(root, false)]);
        while (open.TryPop(out (Expr Node, bool ArgumentsDone) next))
        {
            if (next.ArgumentsDone)
            {
                yield return next.Node;
            }
            else if (seen.Add(next.Node))
            {
                open.Push((next.Node, true));
                for (int i = (next.Node as Call)?.Arguments.Length - 1 ?? -1; i >= 0; i--)
                {
                    open.Push((((Call)next.Node).Arguments[i], false));
                }
            }
        }
    }

    public static Expr BottomUp(Expr expr, Func<Expr, Expr> rewrite)
    {
        Dictionary<Expr, Expr> done = new(ReferenceEqualityComparer.Instance);
        foreach (Expr node in ArgumentsFirst(expr))
        {
            done[node] = rewrite(node is Call call ? WithArguments(call, done) : node);
        }

        return done[expr];
    }

    private static Call WithArguments(Call call, Dictionary<Expr, Expr> done) =>
        call.Arguments.All(argument => ReferenceEquals(done[argument], argument)) ? call : new Call(call.Op, call.Arguments.Select(argument => done[argument]).ToImmutableArray());

    /// <summary>Puts expressions in the place of names; the replacements themselves are not searched.</summary>
    public static Expr Substitute(Expr expr, IReadOnlyDictionary<string, Expr> replacements) =>
        BottomUp(expr, node => node is Name name && replacements.TryGetValue(name.Id, out Expr? value) ? value : node);

    /// <summary>The names in an expression, each once, in order of first appearance.</summary>
    public static IReadOnlyList<string> NamesIn(params IEnumerable<Expr> exprs)
    {
        List<string> names = [];
        HashSet<string> named = [];
        HashSet<Expr> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Expr> open = new(exprs.Reverse());
        while (open.TryPop(out Expr? expr))
        {
            if (expr is Name name && named.Add(name.Id))
            {
                names.Add(name.Id);
            }
            else if (expr is Call call && seen.Add(call))
            {
                foreach (Expr argument in call.Arguments.Reverse())
                {
                    open.Push(argument);
                }
            }
        }

        return names;
    }

    public static bool Mentions(this Expr expr, string name) => NamesIn(expr).Contains(name);

    public static bool IsRandom(this Expr expr) => expr.DrawsRandom;
}
