using BrainSim.Coordinator.Access;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>Tokens on the command line.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private readonly Brainsim brainsim = new();

    public void Dispose() => brainsim.Dispose();

    [Fact]
    public async Task ATokenIsMadeGivenAndUnderstood()
    {
        string[] reader = brainsim.Run("token", "--name", "ann", "--role", "read").Fine().OutputLines;
        string[] submitter = brainsim.Run("token", "--name", "bob", "--role", "submit", "--until", "9999-12-31").Fine().OutputLines;
        Assert.EndsWith(" until 9999-12-31", submitter[1], StringComparison.Ordinal);
        brainsim.Write("tokens", $"{reader[1]}\n{submitter[1]}\n");
        brainsim.Write("small.yaml", Networks.Small);
        await using TestCluster cluster = await TestCluster.Start(security: new CoordinatorSecurity(new Tokens(brainsim.At("tokens"), TimeProvider.System)));
        brainsim.Environment["BRAINSIM_COORDINATOR"] = cluster.Address;

        Refused("none came; give a good one in BRAINSIM_TOKEN, or in a file named by BRAINSIM_TOKEN_FILE", "runs");
        brainsim.Environment["BRAINSIM_TOKEN"] = reader[0];
        brainsim.Run("runs").Fine();
        Refused("has the role read, and POST /api/v1/blobs/missing needs submit; ask whoever runs the coordinator for another token", "submit", "small.yaml");
        brainsim.Environment["BRAINSIM_TOKEN_FILE"] = brainsim.At("mine");
        Refused("unset one of them", "runs");
        brainsim.Environment["BRAINSIM_TOKEN"] = "";
        Refused("cannot be read", "runs");
        brainsim.Write("mine", "two words\n");
        Refused("holds no token", "runs");
        brainsim.Write("mine", $"{submitter[0]}\nof bob\n");
        Assert.Equal("run 1", Assert.Single(brainsim.Run("submit", "small.yaml").Fine().OutputLines));

        brainsim.Environment["BRAINSIM_TOKEN_FILE"] = brainsim.At("mine");
        Refused("its token must have the role node", "node", "--slots", "1");
    }

    [Theory]
    [InlineData("is no role; use read, submit, node. Did you mean submit?", "--name", "ann", "--role", "submitt")]
    [InlineData("name has 1 to 64 letters", "--name", "an n", "--role", "read")]
    [InlineData("is no day; write YYYY-MM-DD", "--name", "ann", "--role", "read", "--until", "1.1.2030")]
    [InlineData("is over; name a day to come", "--name", "ann", "--role", "read", "--until", "2020-01-01")]
    [InlineData("'--role' is required", "--name", "ann")]
    public void AMistakeIsOneSentence(string sentence, params string[] arguments) => Refused(sentence, ["token", .. arguments]);

    private void Refused(string sentence, params string[] arguments)
    {
        Brainsim.Ended ended = brainsim.Run(arguments);
        Assert.Equal(2, ended.Code);
        Assert.Contains(sentence, ended.ErrorLines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("bsim_", ended.Error, StringComparison.Ordinal);
    }
}
