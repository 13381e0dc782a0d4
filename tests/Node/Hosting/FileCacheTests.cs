using BrainSim.Node.Cluster;
using BrainSim.Node.Hosting;
using BrainSim.Tests.Engine.Documents;
using Xunit;

namespace BrainSim.Tests.Node.Hosting;

/// <summary>What a node keeps of the files of networks, and for how long.</summary>
public sealed class FileCacheTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder folder = new();
    private readonly List<string> fetched = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void FilesThatNoRunNamesGoTheLongestUnusedFirstAndOthersStay()
    {
        using FileCache cache = new(folder.At(""), mostUnused: 25);
        string[] paths = [.. "abcd".Select(letter => Get(cache, letter, 10))];
        Get(cache, 'a', 10);
        cache.Keep(new HashSet<string> { Name('b') });
        Assert.Equal([true, true, false, true], paths.Select(File.Exists));
        cache.Keep(new HashSet<string>());
        Assert.Equal([true, false, false, true], paths.Select(File.Exists));
        Get(cache, 'a', 10);
        Get(cache, 'b', 10);
        Assert.Equal(["a", "b", "c", "d", "b"], fetched);
    }

    [Fact]
    public void WhatDidNotArriveLeavesNothing()
    {
        using FileCache cache = new(folder.At(""), 0);
        Assert.Throws<SupplyException>(() => cache.Get(Name('a'), _ => throw new SupplyException("gone")));
        Assert.Throws<SupplyException>(() => cache.Get("../x", _ => { }));
        Assert.Equal(["lock"], Directory.GetFiles(folder.At(""), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void TheFolderOfADeadProcessIsRemovedAndThoseOfOthersAreNot()
    {
        string dead = Folder("brainsim-node-dead", "lock", Name('a'), $"{Name('b')}.7"), strange = Folder("brainsim-node-strange", "lock", "letter"), bare = Folder("brainsim-node-bare", Name('a'));
        string young = Folder("brainsim-node-young", "lock"), alive = Folder("brainsim-node-alive", "lock", Name('a')), elsewhere = Folder("elsewhere", "lock", Name('a'));
        Directory.CreateSymbolicLink(folder.At("brainsim-node-link"), elsewhere);
        File.SetLastWriteTimeUtc(Path.Combine(young, "lock"), LongAgo.AddYears(500));
        using FileStream held = new(Path.Combine(alive, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using FileCache cache = new(folder.At(""), 0);
        Assert.False(Directory.Exists(dead));
        Assert.All((string[])[young, alive, bare, elsewhere, folder.At("brainsim-node-link")], path => Assert.True(Directory.Exists(path), path));
        Assert.All((string[])[Path.Combine(alive, Name('a')), Path.Combine(bare, Name('a')), Path.Combine(elsewhere, Name('a')), Path.Combine(strange, "letter")], path => Assert.True(File.Exists(path), path));
    }

    [Fact]
    public void ALiveCacheIsNoDeadOne()
    {
        using FileCache first = new(folder.At(""), 0);
        string path = Get(first, 'a', 10);
        File.SetLastWriteTimeUtc(Path.Combine(Path.GetDirectoryName(path)!, "lock"), LongAgo);
        using (FileCache second = new(folder.At(""), 0))
        {
            Assert.True(File.Exists(path));
        }

        Assert.True(File.Exists(path));
    }

    private string Get(FileCache cache, char letter, int bytes) => cache.Get(Name(letter), file =>
    {
        fetched.Add($"{letter}");
        file.Write(new byte[bytes]);
    });

    /// <summary>Made long ago.</summary>
    private string Folder(string name, params string[] files)
    {
        string path = Directory.CreateDirectory(folder.At(name)).FullName;
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(path, file), "x");
            File.SetLastWriteTimeUtc(Path.Combine(path, file), LongAgo);
        }

        return path;
    }

    private static string Name(char letter) => new(letter, 64);
}
