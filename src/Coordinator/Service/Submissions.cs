using BrainSim.Contracts;
using BrainSim.Contracts.Api;
using BrainSim.Coordinator.Store;

namespace BrainSim.Coordinator.Service;

/// <summary>Takes submissions, each key once: who asks again, because the answer was lost or late, is told the run, or waits for the work that is under way. Any thread may use it.</summary>
internal sealed class Submissions(SubmissionCheck check, CoordinatorLoop loop, DataFolder data)
{
    private readonly SharedWork<string, SubmitAnswer> taking = new();

    /// <summary>Ends when the submission is on the disk, and not before.</summary>
    /// <param name="cancellation">Of the waiting only: a sweep whose points take minutes to list is taken all the same, so that asking again ends.</param>
    public async Task<SubmitAnswer> Take(SubmitRequest request, CancellationToken cancellation) =>
        await loop.RunOf(request.Key) is { } run ? new SubmitAnswer(run, Submitted: false) : await taking.Of(request.Key, () => TakeNew(request), cancellation);

    private async Task<SubmitAnswer> TakeNew(SubmitRequest request)
    {
        data.Room.Take(0, forBegun: false);
        Submission submission = await check.Accept(request);
        return await loop.Submit(submission);
    }
}
