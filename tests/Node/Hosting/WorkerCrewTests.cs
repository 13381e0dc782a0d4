using BrainSim.Node.Hosting;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

public sealed class WorkerCrewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EverythingIsDoneOnceBeforeItReturns(int threads)
    {
        using WorkerCrew crew = new(threads);
        for (int count = 0; count < 200; count++)
        {
            int[] done = new int[count];
            crew.Do(count, item => Interlocked.Increment(ref done[item]));
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void OfSeveralFailuresTheLowestIsThrownAndTheRestIsStillDone()
    {
        using WorkerCrew crew = new(3);
        int done = 0;
        InvalidOperationException problem = Assert.Throws<InvalidOperationException>(() => crew.Do(10, item =>
        {
            Interlocked.Increment(ref done);
            if (item >= 4)
            {
                throw new InvalidOperationException($"item {item}");
            }
        }));
        Assert.Equal(("item 4", 10), (problem.Message, done));
    }

    [Fact]
    public void TwoCallersAtOnceAreBothServed()
    {
        using WorkerCrew crew = new(2);
        using Barrier together = new(2);
        int done = 0;
        void Call() => crew.Do(2, item =>
        {
            if (item == 0)
            {
                together.SignalAndWait();
            }

            Interlocked.Increment(ref done);
        });
        Thread other = new(Call);
        other.Start();
        Call();
        other.Join();
        Assert.Equal(4, done);
    }
}
