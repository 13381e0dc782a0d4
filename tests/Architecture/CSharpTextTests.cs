using Xunit;

namespace BrainSim.Tests.Architecture;

public class CSharpTextTests
{
    [Theory]
    [InlineData("a; // b", "a;     ")]
    [InlineData("a /* b\nc */ d", "a     \n     d")]
    [InlineData("f(\"x\\\"y\") + z", "f(      ) + z")]
    [InlineData("'\"' + b + '\\''", "    + b +     ")]
    [InlineData("@\"x\"\"y\\\" + z", "         + z")]
    [InlineData("@\"\"\"x\"\"\" + z", "         + z")]
    [InlineData("$\"a {b} c {{d}}\" + z", "     b           + z")]
    [InlineData("$\"{f(\"}\", x)}\"", "   f(   , x)  ")]
    [InlineData("\"\"\"a \"b\" {c}\"\"\" + z", "                + z")]
    [InlineData("$$\"\"\"{a}{{b}}\"\"\" + z", "          b      + z")]
    [InlineData("\"\" + @class", "   + @class")]
    [InlineData("#region it's\nx", "            \nx")]
    [InlineData("\"never closed", "             ")]
    public void BlanksWhatIsNotCode(string text, string expected) =>
        Assert.Equal(expected, CSharpText.WithoutCommentsAndLiterals(text));

    [Fact]
    public void KeepsOffsetsAndLines()
    {
        const string text = "class A\n{\n    // one\n    string s = \"\"\"\n        two\n        \"\"\";\n    int x;\n}\n";
        var file = new CSharpFile("A.cs", text);
        Assert.Equal(text.Length, file.Code.Length);
        Assert.Equal(7, file.LineOf(file.Code.IndexOf("int x", StringComparison.Ordinal)));
    }
}
