using System.Runtime.CompilerServices;

namespace BrainSim.Engine.Units;

/// <summary>The words of the ids around those that were asked for last, made for many ids at a time. A memo: what it gives does not depend on it.</summary>
public unsafe struct SharedWords
{
    /// <summary>Ids of one group.</summary>
    private const int Group = 32;

    /// <summary>Groups that ids in a row can touch, and those that are made with the last of them.</summary>
    private const int Groups = 4 + PhiloxLanes.Together;

    private fixed uint words[Groups * Group];
    private uint first;
    private int count;
    private long step;

    /// <summary><see cref="KeyedStream.Word"/> of <paramref name="ids"/> ids from one on, at most 96; valid until the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* From(PhiloxKeys* keys, uint id, int ids, long ofStep)
    {
        uint from = id / Group;
        int needed = (int)((id % Group) + ids + Group - 1) / Group;
        fixed (uint* kept = words)
        {
            uint passed = from - first;
            if (ofStep != step || passed + needed > count)
            {
                Make(keys, from, needed, ofStep, kept);
                passed = 0;
            }

            return kept + (passed * Group) + (id % Group);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Make(PhiloxKeys* keys, uint from, int needed, long ofStep, uint* kept)
    {
        int known = 0;
        if (ofStep == step && from - first < (uint)count)
        {
            int passed = (int)(from - first);
            known = count - passed;
            new Span<uint>(kept + (passed * Group), known * Group).CopyTo(new Span<uint>(kept, known * Group));
        }

        for (; known < needed; known += PhiloxLanes.Together)
        {
            PhiloxLanes.Words(keys, from + (uint)known, ofStep, kept + (known * Group));
        }

        (first, count, step) = (from, known, ofStep);
    }
}
