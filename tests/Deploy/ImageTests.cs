using System.Diagnostics;
using BrainSim.Node.Tls;
using BrainSim.Tests.Architecture;
using BrainSim.Tests.Coordinator;
using BrainSim.Tests.Coordinator.Service;
using Xunit;

namespace BrainSim.Tests.Deploy;

/// <summary>
/// What is in the image, started as a cluster would: by the entry point, the user and the environment of the Dockerfile and the arguments of the manifests, in a folder
/// that it cannot write. The program is the one that ./brainsim has published, with the image's own arguments (<see cref="ImageCheck"/>).
/// </summary>
public sealed class ImageTests : IDisposable
{
    private static readonly ImageFile Image = Manifests.Of("base").Image;

    private readonly string folder = Directory.CreateTempSubdirectory("brainsim-image-").FullName;
    private readonly List<Brainsim.Started> started = [];

    public void Dispose()
    {
        started.ForEach(process => process.KillAfter(TimeSpan.Zero));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("overlays/laptop")]
    [InlineData("base")]
    public async Task CoordinatorAndNodeRunAsAStrangerWhoWritesOnlyDataAndTmp(string kustomization)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "users and folders as of Linux");
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"), "there is no setpriv to become another user with");
        Workload[] workloads = [.. Manifests.Of(kustomization).Workloads];
        Workload coordinator = workloads.Single(w => w.Role == "coordinator"), node = workloads.Single(w => w.Role == "node");
        Place();
        int api = LoopbackCluster.FreePort();
        Dictionary<string, string> places = new()
        {
            ["/data"] = At("data"), ["0.0.0.0:7411"] = $"127.0.0.1:{api}", ["0.0.0.0:7412"] = $"0.0.0.0:{LoopbackCluster.FreePort()}", ["0.0.0.0:7413"] = $"127.0.0.1:{LoopbackCluster.FreePort()}",
            ["brainsim-coordinator:7411"] = $"localhost:{api}",
        };
        string[] before = Everything();
        Brainsim.Started first = Start(coordinator, places);
        await Probe(coordinator, $"localhost:{api}");
        Brainsim.Started second = Start(node, places);
        await Probe(node, places["0.0.0.0:7413"]);

        Assert.True(File.Exists(At("data/journal.db")));
        Assert.Equal(before, Everything());
        Assert.Equal("", Environment.IsPrivilegedProcess ? Shell($"find /var/tmp /dev/shm -user {Image.User.User}") : "");
        Assert.All((Brainsim.Started[])[second, first], process =>
        {
            process.Signal("TERM");
            started.Remove(process);
            Brainsim.Ended ended = process.End();
            Assert.True(ended.Code == 0, $"exit code {ended.Code}\n{ended.Error}");
            Assert.DoesNotContain("Overriding", ended.Error, StringComparison.Ordinal); // The base image chooses ports too; here the arguments do.
        });
    }

    /// <summary>The program and what is mounted, which everybody may read, and two folders of the image's user.</summary>
    private void Place()
    {
        const string token = "bsim_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        (string user, string group) = Image.User;
        Shell($"cp -R {Repository.Absolute("artifacts/brainsim")} {At("app")} && mkdir -p {At("data")} {At("tmp")} {At("coordinator/tokens")} {At("node/token")}");
        File.WriteAllText(At("node/token/token"), $"{token}\n");
        File.WriteAllText(At("coordinator/tokens/tokens"), $"nodes node sha256:{TestCluster.HashOf(token)}\n");
        Shell($"{Repository.Absolute($"{Manifests.Folder}/certificates")} {At("certificates")}");
        foreach (string role in (string[])["coordinator", "node"])
        {
            Shell($"cd {At(role)} && mkdir tls ca && cp ../certificates/{role}.crt tls/tls.crt && cp ../certificates/{role}.key tls/tls.key && cp ../certificates/ca.crt ca/");
        }

        Shell($"chmod -R a+rX,a-w {At("app")} {At("coordinator")} {At("node")}");
        Shell(Environment.IsPrivilegedProcess ? $"chmod 755 {folder} && chown {user}:{group} {At("data")} {At("tmp")}" : $"chmod 555 {At("app")}");
    }

    /// <summary>With the arguments and the environment of the first pod, but for the places that this test has for others.</summary>
    private Brainsim.Started Start(Workload workload, Dictionary<string, string> places)
    {
        string Placed(string text) => places.Aggregate(text, (told, place) => told.Replace(place.Key, place.Value, StringComparison.Ordinal)).Replace("/etc/brainsim", At(workload.Role), StringComparison.Ordinal);
        Dictionary<string, string?> own = workload.Environment;
        string[] arguments = [.. workload.Arguments.Select(a => Placed(own.Aggregate(a, (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal))))];
        string program = $"{folder}{Image.EntryPoint.Single()}";
        (string user, string group) = Image.User;
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new("/usr/bin/setpriv", [$"--reuid={user}", $"--regid={group}", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", program, .. arguments])
            : new(program, arguments);
        (start.WorkingDirectory, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (At("app"), true, true, true);
        start.Environment.Clear();
        foreach ((string name, string value) in Image.Environment.Select(v => (v.Name, v.Value == "/tmp" ? At("tmp") : v.Value)).Concat(own.Select(v => (v.Key, Placed(v.Value!)))))
        {
            start.Environment[name] = value;
        }

        // As the image's base has them: where .NET is, and where temporary files go.
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        start.Environment["TMPDIR"] = At("tmp");
        Brainsim.Started process = new(Process.Start(start)!);
        started.Add(process);
        return process;
    }

    /// <summary>Asks what the manifest's probes ask until all is well.</summary>
    private async Task Probe(Workload workload, string address)
    {
        string scheme = workload.Container.Text("readinessProbe.httpGet.scheme")!.ToLowerInvariant();
        TrustedAuthorities authorities = new(At("certificates/ca.crt"), TimeProvider.System);
        using SocketsHttpHandler handler = new() { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => authorities.AcceptServer(certificate, chain, errors) } };
        using HttpClient http = new(handler) { BaseAddress = new Uri($"{scheme}://{address}") };
        using CancellationTokenSource late = new(Brainsim.Patience);
        foreach (string probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            bool isWell = false;
            while (!isWell)
            {
                try
                {
                    using HttpResponseMessage answer = await http.GetAsync(workload.Container.Text($"{probe}.httpGet.path"), late.Token);
                    isWell = answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }
            }
        }
    }

    /// <summary>But for what is in data and tmp.</summary>
    private string[] Everything() => [.. Directory.GetFiles(At("app"), "*", SearchOption.AllDirectories).Concat(Directory.GetFileSystemEntries(folder)).Order(StringComparer.Ordinal)];

    private string At(string name) => Path.Combine(folder, name);

    private static string Shell(string command)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardOutput = true })!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return output;
    }
}
