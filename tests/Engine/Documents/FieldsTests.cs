using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Documents;

public sealed class FieldsTests
{
    private readonly Mistakes mistakes = new();

    private Fields Read(string text) => new(YamlText.Read("f.yaml", text, mistakes)!, mistakes);

    private void AssertMistakes(params string[] expected) => Assert.Equal(expected, mistakes.Found.Select(m => m.ToString()));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-2", -2)]
    [InlineData("+3", 3)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-3", 1e-3)]
    [InlineData("1E+3", 1e3)]
    [InlineData("0.1", 0.1)]
    [InlineData("-0.0", -0.0)]
    [InlineData("0e5", 0)]
    public void NumbersAreRead(string text, double expected)
    {
        Assert.Equal(expected, Read($"a: {text}").RequiredNumber("a"));
        AssertMistakes();
    }

    [Theory]
    [InlineData(".nan", "must be a finite number, but is .nan.")]
    [InlineData("NaN", "must be a finite number, but is NaN.")]
    [InlineData("-.inf", "must be a finite number, but is -.inf.")]
    [InlineData("Infinity", "must be a finite number, but is Infinity.")]
    [InlineData("1e999", "must be a number that float64 can hold (5e-324 to 1.8e308), but is 1e999.")]
    [InlineData("1e-999", "must be a number that float64 can hold (5e-324 to 1.8e308), but is 1e-999.")]
    [InlineData("1_000", "must be a number, but is 1_000.")]
    [InlineData("1,5", "must be a number, but is 1,5.")]
    [InlineData("0x10", "must be a number, but is 0x10.")]
    [InlineData("20 ms", "must be a number, but is 20 ms.")]
    [InlineData("'5'", "must be a number, but is the text \"5\".")]
    [InlineData("", "must be a number, but is empty.")]
    [InlineData("true", "must be a number, but is true.")]
    [InlineData("[1, 2]", "must be a number, but is the list [1, 2].")]
    [InlineData("{x: [1], y: {}}", "must be a number, but is the mapping {x: [1], y: {}}.")]
    public void WhatIsNoNumberSaysWhatItIs(string text, string expected)
    {
        Assert.Null(Read($"a: {text}").Number("a"));
        AssertMistakes($"f.yaml:1:{(text.Length == 0 ? 3 : 4)}: a: {expected}");
    }

    [Theory]
    [InlineData("3200", 3200)]
    [InlineData("1e4", 10000)]
    [InlineData("100.0", 100)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void WholeNumbersAreRead(string text, long expected)
    {
        Assert.Equal(expected, Read($"a: {text}").Whole("a", 1, long.MaxValue));
    }

    [Theory]
    [InlineData("0", 1, 9, "must be a whole number from 1 to 9, but is 0.")]
    [InlineData("10", 1, 9, "must be a whole number from 1 to 9, but is 10.")]
    [InlineData("2.5", 1, long.MaxValue, "must be a whole number of at least 1, but is 2.5.")]
    [InlineData("1e300", long.MinValue, 5, "must be a whole number of at most 5, but is 1e300.")]
    [InlineData("x", long.MinValue, long.MaxValue, "must be a whole number, but is x.")]
    [InlineData("'3'", 1, 9, "must be a whole number from 1 to 9, but is the text \"3\".")]
    public void WholeNumbersHaveARange(string text, long min, long max, string expected)
    {
        Assert.Null(Read($"a: {text}").Whole("a", min, max));
        AssertMistakes($"f.yaml:1:4: a: {expected}");
    }

    [Fact]
    public void FlagsAreTrueOrFalse()
    {
        Fields fields = Read("a: true\nb: False\nc: yes\nd: 'true'");
        Assert.Equal((true, false, null, null, null), (fields.Flag("a"), fields.Flag("b"), fields.Flag("c"), fields.Flag("d"), fields.Flag("e")));
        AssertMistakes("f.yaml:3:4: c: must be true or false, but is yes.", "f.yaml:4:4: d: must be true or false, but is the text \"true\".");
    }

    [Fact]
    public void MissingKeysMeanTheirDefaultOrAMistake()
    {
        Fields fields = Read("p: {x: 1}").Map("p")!;
        Assert.Equal(("E", 0.5, 7L, true), (fields.Text("a", "E"), fields.Number("b", 0.5), fields.Whole("c", 0, 9, 7), fields.Flag("d", true)));
        Assert.Null(fields.RequiredText("e"));
        Assert.Equal(double.NaN, fields.RequiredNumber("f"));
        Assert.Equal(1, fields.RequiredWhole("g", 1, 9));
        Assert.Null(fields.RequiredMap("h"));
        AssertMistakes([.. "efgh".Select(key => $"f.yaml:1:4: p.{key}: is missing.")]);
    }

    [Fact]
    public void TextIsAnyScalarThatSaysSomething()
    {
        Fields fields = Read("a: 20\nb: ''\nc: ~\nd: [1]");
        Assert.Equal(("20", "", null, null), (fields.Text("a"), fields.Text("b"), fields.Text("c"), fields.Text("d")));
        AssertMistakes("f.yaml:3:4: c: must be text, but is empty.", "f.yaml:4:4: d: must be text, but is the list [1].");
    }

    [Fact]
    public void OneOfNamesTheNearest()
    {
        Assert.Null(Read("precision: flaot64").OneOf("precision", "float64", "float32"));
        AssertMistakes("f.yaml:1:12: precision: must be one of float64, float32, but is flaot64. Did you mean float64?");
        Assert.Equal("float32", Read("precision: float32").OneOf("precision", "float64", "float32"));
    }

    [Fact]
    public void ListsAndMappingsAreReadOrRefused()
    {
        Fields fields = Read("post: [E, I]\npre: E\nbad: {x: 1}\nempty:\nvalues: [0, 2.5]\nwrong: [1, x, .nan]");
        Assert.Equal(2, fields.List("post").Count);
        Assert.Equal(2, fields.OneOrMore("post").Count);
        Assert.Single(fields.OneOrMore("pre"));
        Assert.Empty(fields.List("pre"));
        Assert.Empty(fields.OneOrMore("empty"));
        Assert.Equal("x", Assert.Single(fields.Entries("bad")).Key);
        Assert.Empty(fields.Entries("none"));
        Assert.Null(fields.Map("pre"));
        Assert.Equal([0, 2.5], fields.Numbers("values")!);
        Assert.Null(fields.Numbers("wrong"));
        AssertMistakes(
            "f.yaml:2:6: pre: must be a list, but is E.",
            "f.yaml:4:7: empty: must be a list, but is empty.",
            "f.yaml:2:6: pre: must be a mapping, but is E.",
            "f.yaml:6:12: wrong[1]: must be a number, but is x.",
            "f.yaml:6:15: wrong[2]: must be a finite number, but is .nan.");
    }

    [Fact]
    public void UnknownKeysAreReportedWithASuggestion()
    {
        Fields fields = Read("tua: 20\nV_rest: -60\n");
        fields.Number("tau");
        fields.Number("V_rest");
        fields.Done("no such parameter of lif");
        AssertMistakes("f.yaml:1:1: tua: no such parameter of lif. Did you mean tau?");
    }

    [Fact]
    public void AllUnknownKeysOfALargeFileStayWithinTheLimit()
    {
        Fields fields = Read("{" + string.Join(", ", Enumerable.Range(0, 150_000).Select(i => $"k{i}: 1")) + "}");
        fields.Done();
        Assert.Equal(Mistakes.Limit, mistakes.Found.Count);
    }

    [Fact]
    public void WhatIsNoMappingIsOneMistake()
    {
        Fields fields = Read("[1]");
        Assert.Null(fields.RequiredText("name"));
        Assert.Empty(fields.Keys);
        fields.Done();
        AssertMistakes("f.yaml:1:1: must be a mapping, but is the list [1].");
    }

    [Fact]
    public void CallersRefuseAtTheValue()
    {
        Fields fields = Read("p:\n  a: 3\n").Map("p")!;
        fields.Refuse("a", "is too large.");
        fields.Refuse("b", "is needed with a.");
        AssertMistakes("f.yaml:2:6: p.a: is too large.", "f.yaml:2:3: p.b: is needed with a.");
    }

    [Fact]
    public void DescriptionsOfHugeNodesStayShort()
    {
        Fields fields = Read("a: [" + string.Join(", ", Enumerable.Repeat("[1, 2]", 60_000)) + "]\nb: \"" + new string('x', 1_000_000) + "\"");
        fields.Number("a");
        fields.Number("b");
        Assert.All(mistakes.Found, m => Assert.InRange(m.Message.Length, 10, 100));
    }
}
