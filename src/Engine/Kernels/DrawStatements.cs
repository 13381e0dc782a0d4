using System.Collections.Immutable;
using BrainSim.Engine.Expressions;
using BrainSim.Engine.Integrators;

namespace BrainSim.Engine.Kernels;

/// <summary>Parts random functions from the expressions around them.</summary>
public static class DrawStatements
{
    /// <param name="passes">Of one program: its draws are counted through.</param>
    public static ImmutableArray<Pass> Apart(IEnumerable<Pass> passes)
    {
        int draws = 0;
        return [.. passes.Select(pass => Apart(pass, ref draws))];
    }

    /// <summary>Gives every random function a statement of its own, whose name keys its draws: equal texts draw independently. Noise of equations has one already.</summary>
    private static Pass Apart(Pass pass, ref int draws)
    {
        ImmutableArray<Statement>.Builder statements = ImmutableArray.CreateBuilder<Statement>();
        int drawn = draws;
        Expr Extracted(Expr expr) => !expr.IsRandom() ? expr : Rewriting.BottomUp(expr, node =>
        {
            if (node is not Call call || !call.Op.Facts().IsRandom)
            {
                return node;
            }

            string name = $"draw {++drawn}";
            statements.Add(new Assign(name, call));
            return new Name(name);
        });

        foreach (Statement statement in pass.Statements)
        {
            if (statement is Assign { Name: var draw } && Noise.IsDraw(draw))
            {
                statements.Add(statement);
                continue;
            }

            Statement rest = statement switch
            {
                Assign assign => assign with { Value = Extracted(assign.Value) },
                Fire fire => new Fire(Extracted(fire.When)),
                _ => statement,
            };
            statements.Add(rest);
        }

        draws = drawn;
        return pass with { Statements = statements.ToImmutable() };
    }
}
