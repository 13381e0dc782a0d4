using System.Diagnostics;
using BrainSim.Tests.Architecture;
using Xunit;

namespace BrainSim.Tests.Coordinator;

/// <summary>The real program, started through the launcher in a folder of its own.</summary>
internal sealed class Brainsim : IDisposable
{
    /// <summary>Far beyond any run of these tests, on a machine that does much else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Folder { get; } = Directory.CreateTempSubdirectory("brainsim-cli-").FullName;

    /// <summary>Set for the processes started from here.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string At(string name) => Path.Combine(Folder, name);

    public void Write(string name, string text) => File.WriteAllText(At(name), text);

    public Ended Run(params string[] arguments) => Start(arguments).End();

    public Started Start(params string[] arguments) => StartBy(Repository.Absolute("brainsim"), arguments);

    /// <param name="program">Another, which starts the real one.</param>
    public Started StartBy(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        return new Started(Process.Start(start)!);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed class Started(Process process)
    {
        private readonly Task<string> output = process.StandardOutput.ReadToEndAsync();
        private readonly Task<string> error = process.StandardError.ReadToEndAsync();

        public void Signal(string name)
        {
            using Process kill = Process.Start("sh", ["-c", $"kill -{name} {process.Id}"]);
            kill.WaitForExit();
        }

        /// <summary>Returns when something is so, or the process has ended.</summary>
        public void Await(Func<bool> isSo)
        {
            while (!isSo() && !process.WaitForExit(TimeSpan.FromMilliseconds(1)))
            {
            }
        }

        /// <summary>SIGKILL after a while, unless the process has ended by itself.</summary>
        public void KillAfter(TimeSpan delay)
        {
            if (!process.WaitForExit(delay))
            {
                process.Kill();
                process.WaitForExit(Patience); // Its locks and ports are free when it has ended, not before.
            }
        }

        public Ended End()
        {
            using (process)
            {
                if (!process.WaitForExit(Patience))
                {
                    process.Kill(entireProcessTree: true);
                    Assert.Fail($"brainsim did not end within {Patience}.");
                }

                return new Ended(process.ExitCode, output.Result, error.Result);
            }
        }
    }

    internal sealed record Ended(int Code, string Output, string Error)
    {
        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        /// <summary>Done, and nothing to complain of.</summary>
        public Ended Fine()
        {
            Assert.True(Code == 0 && Error.Length == 0, $"exit code {Code}\n{Error}{Output}");
            return this;
        }
    }
}
