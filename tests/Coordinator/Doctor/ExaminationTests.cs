using BrainSim.Coordinator.Doctor;
using Xunit;

namespace BrainSim.Tests.Coordinator.Doctor;

/// <summary>What each fact means; the facts are made up.</summary>
public sealed class ExaminationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly MachineFacts Machine = new("1.2.3", ".NET 10", "Linux", "x64", 8, 256, HasFma: true, CoreLimit: null, MemoryBytes: 16_000_000_000, MemoryLimit: null, []);

    private static readonly CoordinatorFacts Coordinator = new("http://c:7411", Reach.Answers, "it says 200 OK", TimeSpan.FromSeconds(1), null, ["1.2.3", "1.2.3", "1.2.3"]);

    private static readonly Facts Healthy = new(Now, Machine, new FolderFacts("d", true, 50_000_000_000, null, TimeSpan.FromMilliseconds(4)), Coordinator, [Certificate(400)]);

    [Fact]
    public void AHealthyPlaceHasNothingToMend()
    {
        IReadOnlyList<Finding> found = Examination.Of(Healthy);
        Assert.All(found, finding => Assert.Equal((Finding.Fine, ""), (finding.Level, finding.Fix)));
        Assert.Equal(["version", "cores", "vectors", "gpu", "memory", "disk", "certificate", "coordinator", "clock"], found.Select(finding => finding.Subject));
        Assert.Contains("brainsim 1.2.3, .NET 10, Linux, x64", Text("version", Healthy), StringComparison.Ordinal);
        Assert.Contains("none is used yet", Text("gpu", Healthy), StringComparison.Ordinal);
        Assert.Contains("/dev/nvidia0 stays idle", Text("gpu", Healthy with { Machine = Machine with { Devices = ["/dev/nvidia0"] } }), StringComparison.Ordinal);
        Assert.Equal("ok       coordinator: http://c:7411 answers, 3 nodes", Text("coordinator", Healthy));
    }

    [Fact]
    public void WhatIsNotNamedIsNotLookedAtAndNoProblem()
    {
        IReadOnlyList<Finding> found = Examination.Of(new Facts(Now, Machine, null, null, []));
        Assert.All(found, finding => Assert.Equal(Finding.Fine, finding.Level));
        Assert.Contains(found, finding => finding.ToString().Contains("name the coordinator's folder with --data", StringComparison.Ordinal));
        Assert.Contains(found, finding => finding.ToString().Contains("name one with --coordinator or BRAINSIM_COORDINATOR", StringComparison.Ordinal));
    }

    [Fact]
    public void LimitsOfTheMachineAreToldWithTheFix()
    {
        AssertFinds("cores", Finding.Warning, "the control group gives 1.5", Healthy with { Machine = Machine with { Cores = 2, CoreLimit = 1.5 } });
        AssertFinds("cores", Finding.Fine, "2", Healthy with { Machine = Machine with { Cores = 2, CoreLimit = 2 } });
        AssertFinds("vectors", Finding.Problem, "no FMA", Healthy with { Machine = Machine with { HasFma = false } });
        AssertFinds("memory", Finding.Fine, "4.0 GB of 16.0 GB, by the control group's limit", Healthy with { Machine = Machine with { MemoryLimit = 4_000_000_000 } });
        AssertFinds("memory", Finding.Warning, "0.5 GB", Healthy with { Machine = Machine with { MemoryLimit = 500_000_000 } });
    }

    [Theory]
    [InlineData(50_000_000_000, Finding.Fine, "can be written")]
    [InlineData(1_000_000_000, Finding.Warning, "takes no new runs")]
    [InlineData(100_000_000, Finding.Problem, "takes nothing more")]
    public void RoomOnTheDiskIsJudgedAsTheCoordinatorDoes(long free, string level, string text) =>
        AssertFinds("disk", level, text, Healthy with { Data = Healthy.Data! with { FreeBytes = free } });

    [Fact]
    public void AFolderThatCannotBeMadeOrIsClosedIsAProblem()
    {
        AssertFinds("disk", Finding.Fine, "d will be made by the coordinator, 50.0 GB free", Healthy with { Data = Healthy.Data! with { Exists = false } });
        AssertFinds("disk", Finding.Warning, "takes no new runs", Healthy with { Data = Healthy.Data! with { Exists = false, FreeBytes = 1_000_000_000 } });
        AssertFinds("disk", Finding.Problem, "there is no folder d, and it cannot be made (denied)", Healthy with { Data = Healthy.Data! with { Exists = false, WriteProblem = "denied" } });
        AssertFinds("disk", Finding.Problem, "d cannot be written (denied)", Healthy with { Data = Healthy.Data! with { WriteProblem = "denied" } });
    }

    [Theory]
    [InlineData(nameof(Reach.NoAddress), "is no address")]
    [InlineData(nameof(Reach.NameUnknown), "nobody knows the name")]
    [InlineData(nameof(Reach.Refused), "nothing listens")]
    [InlineData(nameof(Reach.Silent), "does not answer")]
    [InlineData(nameof(Reach.TlsFailed), "no secure connection")]
    [InlineData(nameof(Reach.TokenRefused), "does not take the token")]
    [InlineData(nameof(Reach.RoleTooLow), "may not read")]
    [InlineData(nameof(Reach.OtherAnswer), "is no coordinator of this version")]
    public void EachWayNotToReachTheCoordinatorHasItsOwnSentenceAndFix(string reach, string text) =>
        AssertFinds("coordinator", Finding.Problem, text, Healthy with { Coordinator = Coordinator with { Reach = Enum.Parse<Reach>(reach) } });

    [Theory]
    [InlineData(5, Finding.Fine, "the same")]
    [InlineData(6, Finding.Warning, "6 s ahead")]
    [InlineData(-6, Finding.Warning, "6 s behind")]
    [InlineData(301, Finding.Problem, "301 s ahead")]
    public void ClocksMayDifferByALittle(int seconds, string level, string text) =>
        AssertFinds("clock", level, text, Healthy with { Coordinator = Coordinator with { ClockAhead = TimeSpan.FromSeconds(seconds) } });

    [Theory]
    [InlineData(15, Finding.Fine, "holds until 2026-12-13")]
    [InlineData(13, Finding.Warning, "in 13 days")]
    [InlineData(0, Finding.Problem, "ended on 2026-11-28")]
    public void CertificatesAreToldOfBeforeTheyEnd(int days, string level, string text)
    {
        AssertFinds("certificate", level, text, Healthy with { Certificates = [Certificate(days)] });
        AssertFinds("certificate", level, text, Healthy with { Certificates = [], Coordinator = Coordinator with { Certificate = Certificate(days) } });
    }

    [Fact]
    public void ACertificateThatBeginsLaterOrCannotBeReadIsAProblem()
    {
        AssertFinds("certificate", Finding.Problem, "begins only on 2026-11-29", Healthy with { Certificates = [Certificate(9) with { From = Now.AddDays(1) }] });
        AssertFinds("certificate", Finding.Problem, "cannot be read (no such file)", Healthy with { Certificates = [Certificate(9) with { Problem = "no such file" }] });
    }

    [Theory]
    [InlineData("150000 100000\n", 1.5)]
    [InlineData("max 100000\n", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void CoresOfAControlGroupAreRead(string? text, double? cores) => Assert.Equal(cores, ThisMachine.CoresOf(text));

    [Theory]
    [InlineData("536870912\n", 536870912L)]
    [InlineData("max\n", null)]
    [InlineData(null, null)]
    public void MemoryOfAControlGroupIsRead(string? text, long? bytes) => Assert.Equal(bytes, ThisMachine.LimitOf(text));

    [Fact]
    public void MemoryOfTheMachineIsRead()
    {
        Assert.Equal(2048 * 1024, ThisMachine.MemoryOf("MemTotal:     2048 kB\nMemFree: 1 kB\n"));
        Assert.Null(ThisMachine.MemoryOf("nothing"));
    }

    [Fact]
    public void NodesOfAnotherVersionAreToldOf() => AssertFinds(
        "nodes", Finding.Warning, "2 of 3 are not brainsim 1.2.3 but 1.2.2, 1.2.4", Healthy with { Coordinator = Coordinator with { Nodes = ["1.2.4", "1.2.3", "1.2.2"] } });

    [Fact]
    public void WhatAProcessIsToShowMustNameItBeForServersAndGoWithItsKey()
    {
        ShownFacts good = new(["c.example", "10.0.0.7"], true, null);
        AssertFinds("certificate", Finding.Fine, "holds until 2027-01-02, for c.example, 10.0.0.7", Own(good));
        AssertFinds("certificate", Finding.Problem, "names no host", Own(good with { Names = [] }));
        AssertFinds("certificate", Finding.Problem, "is not for servers", Own(good with { IsForServers = false }));
        AssertFinds("certificate", Finding.Problem, "does not go with the key (another)", Own(good with { KeyProblem = "another" }));

        static Facts Own(ShownFacts own) => Healthy with { Certificates = [Certificate(35) with { Own = own }] };
    }

    private static CertificateFacts Certificate(int days) => new("c.pem", "CN=c", Now.AddDays(-10), Now.AddDays(days), null);

    private static string Text(string subject, Facts facts) => Assert.Single(Examination.Of(facts), finding => finding.Subject == subject).ToString();

    private static void AssertFinds(string subject, string level, string text, Facts facts)
    {
        Finding found = Assert.Single(Examination.Of(facts), finding => finding.Subject == subject);
        Assert.Equal(level, found.Level);
        Assert.Contains(text, found.Text, StringComparison.Ordinal);
        Assert.Equal(level == Finding.Fine, found.Fix.Length == 0);
    }
}
