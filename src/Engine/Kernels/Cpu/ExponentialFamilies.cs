using BrainSim.Engine.Expressions;

namespace BrainSim.Engine.Kernels.Cpu;

/// <summary>
/// Exponentials of lines in one variable whose slopes differ by powers of two are one exponential, squared and scaled:
/// with u = e^(-V/80), e^(-(V+65)/20) is u^4 e^(-65/20). The rates of Hodgkin and Huxley need two exponentials instead of six.
/// </summary>
/// <remarks>Only slopes and offsets written as numbers count, so that the code does not depend on parameters. A relative error grows with the power, to about 1e-15.</remarks>
public sealed class ExponentialFamilies
{
    private const int MostSquarings = 3;

    /// <summary>Offsets beyond this would let the power overflow where the exponential does not.</summary>
    private const double LargestOffset = 30;

    /// <summary>Two roundings: slopes are quotients of written numbers.</summary>
    private const double SlopeTolerance = 4.5e-16;

    private readonly Func<string, bool> isDynamic;
    private readonly List<(string Name, double Slope)> bases = [];

    public ExponentialFamilies(IEnumerable<Statement> statements, Func<string, bool> isDynamic)
    {
        this.isDynamic = isDynamic;
        IEnumerable<Expr> values = statements.SelectMany(s => s.Values);
        Line[] lines = [.. values.SelectMany(Rewriting.ArgumentsFirst).OfType<Call>().Where(c => c.Op is Op.Exp or Op.Exprel)
            .Select(c => LineOf(c.Arguments[0])).OfType<Line>().Distinct()];
        foreach (Line line in lines.OrderBy(l => Math.Abs(l.Slope)))
        {
            bool served = Base(line) is not null;
            if (!served && lines.Count(other => other.Name == line.Name && Squarings(other.Slope, line.Slope) is not null) > 1)
            {
                bases.Add((line.Name, line.Slope));
            }
        }
    }

    /// <summary>How the exponential of an argument comes from its family's; null where it has none.</summary>
    public Member? Of(Expr argument) =>
        LineOf(argument) is { } line && Base(line) is { } slope ? new Member(line.Name, slope, Squarings(line.Slope, slope)!.Value, line.Offset) : null;

    private double? Base(Line line)
    {
        foreach ((string name, double slope) in bases)
        {
            if (name == line.Name && Squarings(line.Slope, slope) is not null)
            {
                return slope;
            }
        }

        return null;
    }

    private static int? Squarings(double slope, double family)
    {
        for (int squarings = 0; squarings <= MostSquarings; squarings++)
        {
            if (Math.Abs(slope - (family * (1 << squarings))) <= SlopeTolerance * Math.Abs(slope))
            {
                return squarings;
            }
        }

        return null;
    }

    private Line? LineOf(Expr argument)
    {
        if (Rewriting.NamesIn(argument) is not [var name] || !isDynamic(name))
        {
            return null;
        }

        Polynomial polynomial = Polynomial.Of(argument, name);
        return polynomial.IsLinear
            && Algebra.Simplify(polynomial.Coefficient(1)) is Number { Value: not 0 } slope
            && Algebra.Simplify(polynomial.Coefficient(0)) is Number { Value: >= -LargestOffset and <= LargestOffset } offset
            ? new Line(name, slope.Value, offset.Value)
            : null;
    }

    /// <summary>exp(Slope*name)^(2^Squarings) * e^Offset.</summary>
    public readonly record struct Member(string Name, double Slope, int Squarings, double Offset);

    private sealed record Line(string Name, double Slope, double Offset);
}
