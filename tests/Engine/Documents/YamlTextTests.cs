using System.Text;
using BrainSim.Engine.Documents;
using BrainSim.Engine.Units;
using Xunit;

namespace BrainSim.Tests.Engine.Documents;

public sealed class YamlTextTests
{
    private readonly Mistakes mistakes = new();

    private global::BrainSim.Engine.Documents.Node? Read(string text) => YamlText.Read("coba.yaml", text, mistakes);

    private string OnlyMistake(string text)
    {
        Read(text);
        return Assert.Single(mistakes.Found).ToString();
    }

    [Fact]
    public void EveryNodeKnowsItsLineColumnAndPath()
    {
        Mapping root = Assert.IsType<Mapping>(Read("dt: 0.1\npopulations:\n  E: { size: 3200, params: {tau: 20} }\nprojections:\n  - { pre: E, weight: 0.6 }\n  - post\n"));
        global::BrainSim.Engine.Documents.Node tau = Find(root, "populations", "E", "params", "tau");
        Sequence projections = Assert.IsType<Sequence>(root.Find("projections"));

        Assert.Equal(new Place("coba.yaml", 1, 1, ""), root.Place);
        Assert.Equal(new Place("coba.yaml", 1, 5, "dt"), root.Find("dt")!.Place);
        Assert.Equal(new Place("coba.yaml", 3, 34, "populations.E.params.tau"), tau.Place);
        Assert.Equal(new Place("coba.yaml", 5, 23, "projections[0].weight"), Find(projections.Items[0], "weight").Place);
        Assert.Equal(new Place("coba.yaml", 6, 5, "projections[1]"), projections.Items[1].Place);
        Assert.Equal(new Place("coba.yaml", 2, 1, "populations"), root.Entries[1].KeyPlace);
        Assert.Empty(mistakes.Found);
    }

    [Theory]
    [InlineData("a: 1", "1", false)]
    [InlineData("a: '1'", "1", true)]
    [InlineData("a: \"x\\ty\"", "x\ty", true)]
    [InlineData("a: |\n  x\n  y\n", "x\ny\n", true)]
    [InlineData("a:", "", false)]
    public void ScalarsKeepTheirTextAndQuotes(string text, string expected, bool quoted)
    {
        Scalar scalar = Assert.IsType<Scalar>(Find(Read(text)!, "a"));
        Assert.Equal((expected, quoted), (scalar.Text, scalar.Quoted));
    }

    [Fact]
    public void AnAliasIsTheNodeOfItsAnchor()
    {
        global::BrainSim.Engine.Documents.Node root = Read("a: &p {tau: 20}\nb: *p\n")!;
        Assert.Same(Find(root, "a"), Find(root, "b"));
        Assert.Equal("a", Find(root, "b").Place.Path);
    }

    [Theory]
    [InlineData("", "coba.yaml: the file is empty.")]
    [InlineData("# only a comment\n---\n", "coba.yaml: the file is empty.")]
    [InlineData("a: 1\n---\nb: 2\n", "coba.yaml:2:1: a second document begins here; a file holds one.")]
    [InlineData("a: 1\nb: 2\na: 3\n", "coba.yaml:3:1: a: this key is written twice, first in line 1.")]
    [InlineData("x: {a: 1, 'a': 2}", "coba.yaml:1:11: x.a: this key is written twice, first in line 1.")]
    [InlineData("a: !!python/object:os.system x", "coba.yaml:1:4: a: tags such as tag:yaml.org,2002:python/object:os.syste… are not allowed.")]
    [InlineData("a: !mine [1]", "coba.yaml:1:4: a: tags such as !mine are not allowed.")]
    [InlineData("a: {<<: {b: 1}}", "coba.yaml:1:5: a: merge keys (<<) are not supported; write the keys out.")]
    [InlineData("? [a, b]\n: 1\n", "coba.yaml:1:3: a key must be a word, not a list, mapping or alias. Text with braces or brackets needs quotes.")]
    [InlineData("a: {{x}: 1}", "coba.yaml:1:5: a: a key must be a word, not a list, mapping or alias. Text with braces or brackets needs quotes.")]
    [InlineData("a: &k x\n*k : 1\n", "coba.yaml:2:1: a key must be a word, not a list, mapping or alias. Text with braces or brackets needs quotes.")]
    [InlineData("&k a: 1", "coba.yaml:1:1: a key cannot have an anchor.")]
    [InlineData(": 1", "coba.yaml:1:1: a key is missing before this colon.")]
    [InlineData("a: *nothing", "coba.yaml:1:4: a: no anchor &nothing ends before this alias.")]
    [InlineData("a: &a [1, *a]", "coba.yaml:1:11: a[1]: no anchor &a ends before this alias.")]
    [InlineData("a: 1\nb: x\0y", "coba.yaml:2:5: the control character U+0000 is not allowed in YAML.")]
    public void WhatIsNotAllowedIsOneMistakeWithItsPlace(string text, string expected)
    {
        Assert.Equal(expected, OnlyMistake(text));
    }

    [Theory]
    [InlineData("a: 1\n\tb: 2\n", "coba.yaml:2:1: YAML indents with spaces, but here is a tab.")]
    [InlineData("a: [1, 2\nb: 3\n", "coba.yaml:2:1: this is not valid YAML: a bracket or brace before this line may not be closed")]
    [InlineData("a: \"open\n", "coba.yaml:1:4: this is not valid YAML:")]
    [InlineData("a: 1\n b: 2\n", "coba.yaml:2:3: this is not valid YAML:")]
    [InlineData("a: b: c\n", "coba.yaml:1:5: this is not valid YAML:")]
    [InlineData("a: 1\n  - 2\nb", "coba.yaml:")]
    public void SyntaxErrorsNameLineAndColumn(string text, string expectedBeginning)
    {
        Assert.StartsWith(expectedBeginning, OnlyMistake(text));
    }

    [Fact]
    public void ATagOrDuplicateLeavesTheRestReadable()
    {
        global::BrainSim.Engine.Documents.Node root = Read("a: !t 1\nb: 2\nb: 3\nc: 4\n")!;
        Assert.Equal(2, mistakes.Found.Count);
        Assert.Equal("2", Assert.IsType<Scalar>(Find(root, "b")).Text);
        Assert.Equal("4", Assert.IsType<Scalar>(Find(root, "c")).Text);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public void DeepFlowNestingIsRefused(char bracket)
    {
        Assert.Null(Read(new string(bracket, 100_000)));
        Assert.Single(mistakes.Found);
    }

    [Fact]
    public void DeepBlockNestingIsRefused()
    {
        Assert.Contains("nested more than 64 deep", OnlyMistake(string.Concat(Enumerable.Repeat("- ", 100_000))));
    }

    [Fact]
    public void TheDepthLimitIsExact()
    {
        Assert.NotNull(Read(new string('[', YamlText.MaxDepth) + new string(']', YamlText.MaxDepth)));
        Assert.Null(Read(new string('[', YamlText.MaxDepth + 1) + new string(']', YamlText.MaxDepth + 1)));
    }

    [Fact]
    public void AliasesCannotHideDepth()
    {
        StringBuilder text = new("a0: &a0 [1]\n");
        for (int i = 1; i <= YamlText.MaxDepth; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Assert.Contains("nested more than 64 deep", OnlyMistake(text.ToString()));
    }

    [Fact]
    public void BillionLaughsIsRefusedWhereTheBudgetEnds()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i <= 9; i++)
        {
            string ten = string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10));
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{ten}]\n");
        }

        string mistake = OnlyMistake(text.ToString());
        Assert.StartsWith("coba.yaml:6:", mistake);
        Assert.Contains("more than 200000 values", mistake);
    }

    [Fact]
    public void TheNodeBudgetIsExact()
    {
        string Items(int n) => "[" + string.Join(",", Enumerable.Repeat("1", n)) + "]";
        Assert.NotNull(Read(Items(YamlText.MaxNodes - 1)));
        Assert.Null(Read(Items(YamlText.MaxNodes)));

        // The root, twice (the list and its 99,998 items), and c.
        Assert.NotNull(Read($"a: &a {Items(99_998)}\nb: *a\nc: 1\n"));
        Assert.Null(Read($"a: &a {Items(99_998)}\nb: *a\nc: [1]\n"));
    }

    [Fact]
    public void ManyDuplicatesCostNoMoreThanTheirNumber()
    {
        StringBuilder text = new();
        for (int i = 0; i < 180_000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"k{i % 90_000}: 1\n");
        }

        Read(text.ToString());
        Assert.Equal(Mistakes.Limit, mistakes.Found.Count);
    }

    [Fact]
    public void KeysAndPathsAreLimited()
    {
        string key = new('k', YamlText.MaxKeyLength);
        Assert.NotNull(Read($"{key}: 1"));
        Assert.Contains("at most 128 characters", OnlyMistake($"{key}k: 1"));

        Mistakes other = new();
        Assert.Null(YamlText.Read("f", $"{{{key}: {{{key}: {{{key}: {{{key}: 1}}}}}}}}", other));
        Assert.Contains("more than 512 characters together", Assert.Single(other.Found).Message);
    }

    [Fact]
    public void TextBeyondTheLimitIsRefused()
    {
        Assert.Contains("at most 4194304 are read", OnlyMistake(new string('#', YamlText.MaxBytes + 1)));
    }

    [Fact]
    public void AFileOf100MegabytesIsRefusedUnread()
    {
        using TemporaryFolder folder = new();
        using (FileStream big = File.Create(folder.At("big.yaml")))
        {
            big.SetLength(100_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(YamlText.ReadFile(folder.At("big.yaml"), mistakes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Contains("100000000 bytes", Assert.Single(mistakes.Found).Message);
    }

    [Fact]
    public void FilesThatAreNoTextAreOneMistakeEach()
    {
        using TemporaryFolder folder = new();
        string[] messages = [.. new[]
        {
            folder.At("none.yaml"),
            folder.At(""),
            folder.Write("latin1.yaml", [(byte)'a', (byte)':', (byte)' ', 0xE9]),
            folder.Write("empty.yaml", []),
        }.Select(MessageOf)];

        Assert.Equal(
            ["there is no such file.", "this is a folder, not a file.", "the text is not UTF-8 (byte 3); save the file as UTF-8.", "the file is empty."],
            messages);
    }

    [Fact]
    public void AFileIsReadWithOrWithoutByteOrderMark()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("µ.yaml", [0xEF, 0xBB, 0xBF, .. "a: µ"u8]);
        global::BrainSim.Engine.Documents.Node root = YamlText.ReadFile(path, mistakes)!;
        Assert.Equal("µ", Assert.IsType<Scalar>(Find(root, "a")).Text);
        Assert.Equal(new Place(path, 1, 4, "a"), Find(root, "a").Place);
    }

    /// <summary>20,000 texts of YAML's own characters: each is read or refused, and nothing but a mistake comes out.</summary>
    [Fact]
    public void AnyTextIsEitherReadOrAMistake()
    {
        const string Alphabet = "ab1:-?,[]{}#&*!|>'\"%@`<~ \n\t\\xuU0.\r";
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Mistakes found = new();
            Assert.True(YamlText.Read("f", text, found) is not null || found.Any, text);
        }
    }

    private static string MessageOf(string path)
    {
        Mistakes found = new();
        Assert.Null(YamlText.ReadFile(path, found));
        return Assert.Single(found.Found).Message;
    }

    private static global::BrainSim.Engine.Documents.Node Find(global::BrainSim.Engine.Documents.Node node, params string[] keys) =>
        keys.Aggregate(node, (inner, key) => Assert.IsType<Mapping>(inner).Find(key)!);
}
