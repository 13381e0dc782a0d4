namespace BrainSim.Engine.Units;

/// <summary>The words of the ids around those that were asked for last, since whoever goes through ids in order needs most of a group of 32 twice. A memo: what it gives does not depend on it.</summary>
public unsafe struct SharedWords
{
    /// <summary>Ids of one group.</summary>
    public const int Group = 32;

    /// <summary>Groups that ids in a row can touch.</summary>
    private const int Groups = 4;

    private fixed uint words[Groups * Group];
    private uint first;
    private int count;
    private long step;

    /// <summary><see cref="KeyedStream.Word"/> of <paramref name="ids"/> ids from one on, at most 96; valid until the next call.</summary>
    public uint* From(PhiloxKeys* keys, uint id, int ids, long ofStep)
    {
        uint from = id / Group;
        int needed = (int)((id % Group) + ids + Group - 1) / Group;
        fixed (uint* kept = words)
        {
            int known = 0;
            if (ofStep == step && from - first < (uint)count)
            {
                int passed = (int)(from - first);
                known = count - passed;
                new Span<uint>(kept + (passed * Group), known * Group).CopyTo(new Span<uint>(kept, known * Group));
            }

            for (int group = known; group < needed; group++)
            {
                PhiloxLanes.Words(keys, from + (uint)group, ofStep, kept + (group * Group));
            }

            (first, count, step) = (from, Math.Max(known, needed), ofStep);
            return kept + (id % Group);
        }
    }
}
