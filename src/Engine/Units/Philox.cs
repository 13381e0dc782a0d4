namespace BrainSim.Engine.Units;

/// <summary>
/// Philox4x32-10: a bijection of 128-bit counters, chosen by a 64-bit key, whose outputs pass as random.
/// Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3 and table 2.
/// </summary>
public static class Philox
{
    /// <summary>Multipliers of the two products of a round (table 2).</summary>
    public const uint M0 = 0xD2511F53, M1 = 0xCD9E8D57;

    /// <summary>What the key grows by after each round: the golden ratio and √3-1, as fractions of 2^32.</summary>
    public const uint W0 = 0x9E3779B9, W1 = 0xBB67AE85;

    public const int Rounds = 10;

    public readonly record struct Words(uint W0, uint W1, uint W2, uint W3);

    public static Words Block(uint counter0, uint counter1, uint counter2, uint counter3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)M0 * counter0;
            ulong p1 = (ulong)M1 * counter2;
            counter0 = (uint)(p1 >> 32) ^ counter1 ^ key0;
            counter1 = (uint)p1;
            counter2 = (uint)(p0 >> 32) ^ counter3 ^ key1;
            counter3 = (uint)p0;
            key0 = unchecked(key0 + W0);
            key1 = unchecked(key1 + W1);
        }

        return new Words(counter0, counter1, counter2, counter3);
    }
}
