using Xunit;

namespace BrainSim.Tests.Architecture;

public class BannedNamesTests
{
    [Fact]
    public void NothingBannedIsWritten() =>
        Violation.AssertNone(Repository.CSharp("src").Concat(Repository.CSharp("tests")).SelectMany(BannedNames.In));

    [Theory]
    [InlineData("src/Node/A.cs", "var t = DateTime.Now;")]
    [InlineData("src/Node/A.cs", "var t = DateTimeOffset.UtcNow;")]
    [InlineData("src/Node/A.cs", "var r = new Random(1);")]
    [InlineData("src/Node/A.cs", "Random r = new(1);")]
    [InlineData("src/Node/A.cs", "int i = Random.Shared.Next();")]
    [InlineData("src/Node/A.cs", "var g = Guid.NewGuid();")]
    [InlineData("src/Node/A.cs", "sealed class RunManager;")]
    [InlineData("src/Node/A.cs", "record struct RunHelper(int X);")]
    [InlineData("src/Node/RunUtils.cs", "sealed class Run;")]
    [InlineData("src/Engine/Units/A.cs", "Task.Run(F);")]
    [InlineData("src/Engine/Units/A.cs", "Task<int> F() => g();")]
    [InlineData("src/Engine/Units/A.cs", "Task F() => g();")]
    [InlineData("src/Engine/Units/A.cs", "async void F() { }")]
    [InlineData("src/Engine/Units/A.cs", "var t = new Thread(F);")]
    [InlineData("src/Engine/Units/A.cs", "var s = Stopwatch.StartNew();")]
    [InlineData("src/Engine/Units/A.cs", "long t = Environment.TickCount64;")]
    [InlineData("src/Engine/Units/A.cs", "Console.WriteLine();")]
    [InlineData("src/Engine/Units/A.cs", "using System.Net.Sockets;")]
    [InlineData("src/Engine/Units/A.cs", "ILogger log;")]
    [InlineData("src/Engine/Units/A.cs", "try { F(); } catch (Exception e) { }")]
    [InlineData("src/Engine/Units/A.cs", "try { F(); } catch { }")]
    [InlineData("src/Engine/Units/A.cs", "try { F(); } catch when (x) { }")]
    [InlineData("tests/Units/A.cs", "Thread.Sleep(1);")]
    [InlineData("tests/Units/A.cs", "await Task.Delay(1);")]
    public void FindsWhatIsBanned(string path, string code)
    {
        Violation found = Assert.Single(BannedNames.In(new CSharpFile(path, $"\n{code}")));
        Assert.Equal(path, found.File);
        Assert.NotEmpty(found.Instead);
    }

    [Theory]
    [InlineData("src/Engine/Units/A.cs", "// Task.Run, DateTime.Now\nclass Process { string s = \"Console.Write\"; }")]
    [InlineData("src/Engine/Units/A.cs", "try { F(); } catch (FormatException e) { throw new Exception(); }")]
    [InlineData("src/Engine/Units/A.cs", "sealed class KeyedRandom { int ThreadCount; SubTask x; }")]
    [InlineData("src/Node/A.cs", "Task.Run(F); Thread t; var s = Stopwatch.StartNew(); Console.WriteLine();")]
    [InlineData("tests/Units/A.cs", "class FakeService; var t = DateTime.Now;")]
    public void AllowsTheRest(string path, string code) =>
        Violation.AssertNone(BannedNames.In(new CSharpFile(path, code)));
}
