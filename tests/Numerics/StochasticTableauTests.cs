using System.Collections.Immutable;
using BrainSim.Engine.Integrators;
using Xunit;

namespace BrainSim.Tests.Numerics;

public sealed class StochasticTableauTests
{
    public static TheoryData<string> Names => [.. StochasticTableau.All.Select(t => t.Name)];

    /// <summary>A weight that is off by a part in a million breaks a condition of the stated order, whichever it is; so does a coefficient of a stage that is used, where the order is 3/2.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Coefficients_are_checked(string name)
    {
        StochasticTableau right = StochasticTableau.All.First(t => t.Name == name);
        for (int s = 0; s < right.Stages; s++)
        {
            Refused(right with { Alpha = Off(right.Alpha, s) });
            for (int k = 0; k < 4; k++)
            {
                Refused(right with { Beta = right.Beta.SetItem(k, Off(right.Beta[k], s)) });
            }
        }

        for (int s = 1; s < right.Stages && right.Order > 1; s++)
        {
            for (int j = 0; j < s; j++)
            {
                Refused(right with { A1 = right.A1.SetItem(s, Off(right.A1[s], j)) });
                Refused(right with { B1 = right.B1.SetItem(s, Off(right.B1[s], j)) });
                if (right.Alpha[s] != 0)
                {
                    Refused(right with { A0 = right.A0.SetItem(s, Off(right.A0[s], j)) });
                    Refused(right with { B0 = right.B0.SetItem(s, Off(right.B0[s], j)) });
                }
            }
        }
    }

    private static void Refused(StochasticTableau wrong) => Assert.Throws<ArgumentException>(() => StochasticTableau.Checked(wrong));

    private static ImmutableArray<double> Off(ImmutableArray<double> row, int index) => row.SetItem(index, row[index] + 1e-6);
}
