using System.Net;
using Platform.Functions;
using Platform.Testing;
using Xunit.Abstractions;

namespace Platform.SystemTests;

/// <summary>The platform as a real process whose disk fills up while executions run, and is emptied again.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int Megabytes = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string Assembly = typeof(PlatformComposition).Assembly.Location;

    [Fact]
    public async Task Disk_FullWhileExecutionsRun_TurnsReadinessRedAndLosesNothing()
    {
        await using var platform = PlatformProcess.StartOnSmallDisk(Assembly, Megabytes, ("RateLimit:Enabled", "false"));
        var load = new ExecutionLoad($"mark-{Guid.CreateVersion7():N}-", seed: 1);
        await load.ConnectAsync(platform);
        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(stop.Token);
        await load.AcceptedOneMoreAsync();

        using var http = new HttpClient { BaseAddress = platform.Url };
        var filler = Path.Combine(platform.FilesOfItsOwn, "filler");
        await FillUntilRedAsync(filler, http);
        var accepted = load.Accepted.Count;
        File.Delete(filler);

        await platform.WaitForAsync(http, "/health/readyz");
        await load.AcceptedOneMoreAsync();
        await stop.CancelAsync();
        await running;
        output.WriteLine($"{accepted} accepted while there was room, {load.Accepted.Count} in all");
        foreach (var id in load.Accepted)
            await load.EndAsync(id, Patience);
        Assert.Equal(0, await platform.StopAsync());
    }

    /// <summary>Takes all room, also what the databases give back meanwhile.</summary>
    private static async Task FillUntilRedAsync(string path, HttpClient http)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        HttpStatusCode readiness;
        do
        {
            foreach (var size in (int[])[1 << 20, 4096, 1])
                FillBy(new byte[size], file);
            using var answer = await http.GetAsync(new Uri("/health/readyz", UriKind.Relative), limit.Token);
            readiness = answer.StatusCode;
        }
        while (readiness == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, readiness);
    }

    private static void FillBy(byte[] block, Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        try
        {
            while (true)
                RandomAccess.Write(file, block, RandomAccess.GetLength(file));
        }
        catch (IOException)
        {
            // There is no room for another block.
        }
    }
}
