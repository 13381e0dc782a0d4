using Xunit;

namespace BrainSim.Tests.Architecture;

public class FunctionLengthTests
{
    [Fact]
    public void FunctionsOnlyGetShorter() => Violation.AssertNone(
        FunctionLength.Parse(Repository.Read(FunctionLength.File)).Check([.. Repository.CSharp("src").SelectMany(FunctionBody.In)]));

    [Theory]
    [InlineData("class A { void F()\n{\na;\nb;\n}\n}", "F", 2)]
    [InlineData("class A\n{\n    [Fact(X = 1)] static (int, int) F<T>(T x = null) where T : class\n    {\n        if (a) { b; }\n    }\n}", "F", 1)]
    [InlineData("class A(int x) : B(x) { public A() : this(1)\n{\na;\n}\n}", "A", 1)]
    [InlineData("class A { int P\n{\nget\n{\na;\nb;\n}\n} }", "get", 2)]
    [InlineData("class A { int F() => x switch\n{\n1 => 2,\n_ => 3,\n}; }", "F", 5)]
    [InlineData("class A { int P =>\n1; }", "P", 1)]
    [InlineData("class A { int[] x = [\n1,\n2];\nint P { get; } = 1;\nenum E { X = 1, Y }\nvoid F() {\na; } }", "F", 0)]
    [InlineData("class A { Func<int> f = () => {\na;\nb; };\nstatic bool operator ==(A a, A b) {\nc;\n} }", "operator ==", 1)]
    [InlineData("namespace N;\nrecord struct R(int X) {\nvoid F()\n{\nvoid G()\n{\na;\n}\n}\n}", "F", 4)]
    [InlineData("if (a)\n{\nb;\n}", "if", 1)]
    public void MeasuresTheBody(string code, string name, int lines)
    {
        FunctionBody found = Assert.Single(FunctionBody.In(new CSharpFile("src/A.cs", code)));
        Assert.Equal((name, lines), (found.Name.Trim(), found.Lines));
    }

    [Fact]
    public void SaysWhereAFunctionStarts()
    {
        const string code = "class A\n{\n    int x;\n\n    // note\n    void F() { }\n\n    void G() { }\n}\n";
        Assert.Equal([6, 8], FunctionBody.In(new CSharpFile("src/A.cs", code)).Select(function => function.Line));
    }

    [Theory]
    [InlineData(0, 40, "41", "has 41 lines")]
    [InlineData(1, 60, "61", "the longest function may have 60 lines")]
    [InlineData(1, 60, "50 50", "one of 2 functions")]
    [InlineData(20, 50, "50", "lower the ratchet to 1.")]
    [InlineData(1, 60, "50", "lower the ratchet to 50.")]
    [InlineData(1, 60, "30", "lower the ratchet to 0.")]
    [InlineData(0, 60, "30", "lower the ratchet to 40.")]
    public void ComplainsOfLongerFunctionsAndOfALooseRatchet(int longFunctions, int longest, string lengths, string message) =>
        Assert.Contains(new FunctionLength(longFunctions, longest).Check(Functions(lengths)), v => v.ToString().Contains(message, StringComparison.Ordinal));

    [Theory]
    [InlineData(0, 40, "40 3")]
    [InlineData(10, 60, "60 60 60 60 60 60 60 60 60")]
    [InlineData(1, 60, "55")]
    public void AllowsWhatTheRatchetAllows(int longFunctions, int longest, string lengths) =>
        Violation.AssertNone(new FunctionLength(longFunctions, longest).Check(Functions(lengths)));

    [Fact]
    public void ReadsTheRatchet() =>
        Assert.Equal(new FunctionLength(3, 55), FunctionLength.Parse("# note\nfunctions longer than 40 lines: 3\nlongest function: 55\n"));

    [Fact]
    public void RefusesARatchetWithoutNumbers() =>
        Assert.Throws<FormatException>(() => FunctionLength.Parse("longest function: 55\n"));

    private static FunctionBody[] Functions(string lengths) =>
        [.. lengths.Split(' ').Select((length, i) => new FunctionBody("src/A.cs", i + 1, $"F{i}", int.Parse(length)))];
}
