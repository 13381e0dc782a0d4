using System.Text;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Access;
using BrainSim.Engine.Units;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Coordinator.Access;

public sealed class TokensTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ManualClock clock = new();
    private readonly List<string> complaints = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ATokenIsKnownByItsHashAlone()
    {
        string token = AccessToken.Draw();
        Tokens tokens = Read($"# people\n\nann submit {HashOf(token)}   # since May\r\nbob read {HashOf("other")}\n");
        AccessToken found = tokens.Find(token);
        Assert.Equal(("ann", Role.Submit), (found.Name, found.Role));
        Assert.Equal(("bob", Role.Read), (tokens.Find("other").Name, tokens.Find("other").Role));
        Assert.Equal(ProblemKind.NoAccess, Assert.Throws<AccessException>(() => tokens.Find(token + "x")).Kind);
        Assert.Equal(ProblemKind.NoAccess, Assert.Throws<AccessException>(() => tokens.Find(HashOf(token))).Kind);
        Assert.Equal(ProblemKind.NoAccess, Assert.Throws<AccessException>(() => tokens.Find("")).Kind);
        Assert.Contains("none came", Assert.Throws<AccessException>(() => tokens.Find(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenIsGoodToTheEndOfItsDay()
    {
        clock.Start = new DateTimeOffset(2030, 6, 15, 23, 59, 59, TimeSpan.Zero);
        Tokens tokens = Read($"ann read {HashOf("t")} until 2030-06-15");
        Assert.Equal("ann", tokens.Find("t").Name);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("the token 'ann' was good until 2030-06-15.", Assert.Throws<AccessException>(() => tokens.Find("t")).Message);
    }

    [Fact]
    public void AChangedFileCountsWithinASecondAndABrokenOneLeavesWhatWasRead()
    {
        Tokens tokens = Read($"ann read {HashOf("old")}");
        folder.Write("tokens", Encoding.UTF8.GetBytes($"ann read {HashOf("new")}"));
        Assert.Equal("ann", tokens.Find("old").Name);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Throws<AccessException>(() => tokens.Find("old"));
        Assert.Equal("ann", tokens.Find("new").Name);

        folder.Write("tokens", Encoding.UTF8.GetBytes("ann read secret-by-mistake"));
        for (int second = 0; second < 3; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("ann", tokens.Find("new").Name);
        }

        string complaint = Assert.Single(complaints);
        Assert.Contains("tokens:1:1: the third word is no SHA-256", complaint, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-by-mistake", complaint, StringComparison.Ordinal);

        File.Delete(folder.At("tokens"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("ann", tokens.Find("new").Name);
        Assert.Contains("cannot be read", complaints[^1], StringComparison.Ordinal);
        folder.Write("tokens", Encoding.UTF8.GetBytes($"bob node {HashOf("new")}"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("bob", tokens.Find("new").Name);
        Assert.Equal(2, complaints.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nobody\n")]
    public void AFileThatIsEmptiedLetsNobodyIn(string text)
    {
        Tokens tokens = Read($"ann read {HashOf("t")}");
        folder.Write("tokens", Encoding.UTF8.GetBytes(text));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Throws<AccessException>(() => tokens.Find("t"));
        Assert.Equal((0, null), (complaints.Count, tokens.Complaint));
    }

    [Fact]
    public void AFileIsComplainedOfWhileItIsBroken()
    {
        string good = $"ann read {HashOf("t")}";
        Tokens tokens = Read(good);
        Assert.Null(tokens.Complaint);
        foreach (string? broken in (string?[])["ann", null, "bob"])
        {
            if (broken is null)
            {
                File.Delete(folder.At("tokens"));
            }
            else
            {
                folder.Write("tokens", Encoding.UTF8.GetBytes(broken));
            }

            for (int second = 0; second < 2; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                Assert.Contains("tokens", tokens.Complaint, StringComparison.Ordinal);
            }

            folder.Write("tokens", Encoding.UTF8.GetBytes(good));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(tokens.Complaint);
        }

        Assert.Equal(3, complaints.Count);
    }

    [Theory]
    [InlineData("", "holds no token")]
    [InlineData("# nobody", "holds no token")]
    [InlineData("ann read", "this line is none of a token")]
    [InlineData("ann read HASH until", "this line is none of a token")]
    [InlineData("ann read HASH until tomorrow", "this line is none of a token")]
    [InlineData("ann read HASH since 2030-01-01", "this line is none of a token")]
    [InlineData("ann admin HASH", "role is one of read, submit, node")]
    [InlineData("ann/../x read HASH", "name has 1 to 64 letters")]
    [InlineData("ann read sha256:00", "the third word is no SHA-256")]
    public void AMistakeIsTold(string line, string sentence)
    {
        UserMistakeException problem = Assert.Throws<UserMistakeException>(() => Read(line.Replace("HASH", HashOf("t"), StringComparison.Ordinal)));
        Assert.Contains(sentence, Assert.Single(problem.Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMistakeIsToldInOneGo() =>
        Assert.Equal([1, 3], Assert.Throws<UserMistakeException>(() => Read($"one\nann read {HashOf("t")}\ntwo")).Mistakes.Select(mistake => mistake.Place.Line));

    private Tokens Read(string text)
    {
        folder.Write("tokens", Encoding.UTF8.GetBytes(text));
        return new Tokens(folder.At("tokens"), clock) { Broken = complaints.Add };
    }

    private static string HashOf(string token) => AccessToken.Of(token, "x", Role.Read, null).ToString().Split(' ')[2];
}
