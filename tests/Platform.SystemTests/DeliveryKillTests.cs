using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using Platform.Tests.Fixtures;
using Xunit.Abstractions;

namespace Platform.SystemTests;

/// <summary>Two nodes of which one after the other is killed (SIGKILL) while builds, deployments, backups of both engines and webhooks are under way: all end as if nothing had been.</summary>
public sealed class DeliveryKillTests(ITestOutputHelper output)
{
    private const int Kills = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Kills_OfEitherNode_LeaveNothingHalfDone()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var mark = $"mark-{Guid.CreateVersion7():N}-";
        await using var receiver = await Receiver.StartAsync();
        await using var fleet = await DeliveryFleet.StartAsync();
        await using var watch = new ProcessWatch(mark);
        var load = new DeliveryLoad(fleet, receiver, mark);
        await load.SetUpAsync();
        using (var stop = new CancellationTokenSource())
        {
            var invoking = new[] { 0, 1 }.Select(node => load.InvokeAsync(node, stop.Token)).ToList();
            for (var kill = 0; kill < Kills; kill++)
            {
                var (first, victim) = (random.Next(2), random.Next(2));
                await load.WorkAsync(first, 1 - first);
                await Task.Delay(random.Next(0, 2000)); // the moment of the kill is what is being tested
                await fleet.KillAsync(victim);
                await load.WorkAsync(1 - victim, 1 - victim);
            }

            await stop.CancelAsync();
            await Task.WhenAll(invoking);
        }

        var contradictions = await new Ledger(fleet.Database, "", DeliveryPromises.All).UntilNoneAsync(Patience);
        Assert.True(contradictions.Count == 0, $"seed {seed}\n{string.Join('\n', contradictions)}");
        output.WriteLine($"{load.Builds.Count} builds, {load.Deployments.Count} deployments, {load.Backups.Count} backups, {receiver.At(DeliveryLoad.Webhook).Count} webhooks, answers {string.Join(", ", load.Answers)}");
        await CheckAsync(load, receiver);
        Assert.Empty(watch.RanTwice);
        Assert.Empty(watch.Alive());
        await CheckLeftoversAsync(fleet);
    }

    // What the user was told of is there, and the receiver was told of it.
    private static async Task CheckAsync(DeliveryLoad load, Receiver receiver)
    {
        Assert.Empty(load.Wrong);
        Assert.InRange(load.Builds.Count, Kills, 2 * Kills);
        Assert.InRange(load.Deployments.Count, 1, 2 * Kills);
        Assert.InRange(load.Backups.Count, 2, 4 * Kills);
        var told = receiver.At(DeliveryLoad.Webhook).Select(got => got.Json).Select(got => $"{got.GetProperty("type").GetString()} {IdIn(got.GetProperty("data"))}").ToHashSet(StringComparer.Ordinal);
        foreach (var id in load.Builds)
        {
            var build = await load.GetAsync($"/api/builds/{id}");
            var succeeded = build.GetProperty("status").GetString() == "succeeded";
            Assert.Contains($"build.created {id}", told);
            Assert.Contains($"build.started {id}", told);
            Assert.Contains($"{(succeeded ? "build.completed" : "build.failed")} {id}", told);
            Assert.Equal(succeeded ? 1 : 0, build.GetProperty("artifacts").GetArrayLength());
            Assert.Equal("succeeded", Assert.Single(build.GetProperty("hooks").EnumerateArray()).GetProperty("status").GetString());
            Assert.Contains(receiver.At(DeliveryLoad.Hook), got => got.Json.GetProperty("build").GetProperty("id").GetGuid() == id);
        }

        foreach (var id in load.Deployments)
        {
            Assert.Contains($"deployment.started {id}", told);
            Assert.Contains($"deployment.completed {id}", told);
        }

        var version = (await load.FunctionAsync()).GetProperty("activeVersion").ToString();
        Assert.All(await load.AnswersNowAsync(), answer => Assert.Equal(version, answer));
        foreach (var (database, backup) in load.Backups)
        {
            var listed = (await load.GetAsync($"/api/databases/{database}/backups")).EnumerateArray().First(row => row.GetProperty("id").GetGuid() == backup);
            Assert.Equal(listed.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await load.DownloadAsync(database, backup))));
        }
    }

    // No process, file or database of a node that is no more.
    private static async Task CheckLeftoversAsync(DeliveryFleet fleet)
    {
        var databases = await new Ledger(fleet.Server, "", []).ListAsync("SELECT CAST(datname AS text) FROM pg_database WHERE datname LIKE 'mdb%'");
        Assert.Single(databases);
        await Until.TrueAsync(() => !Directory.EnumerateFileSystemEntries(fleet.Builds).Any(), "the watchdog has removed the folders of lost builds", 60);
        Assert.Equal([0, 0], await fleet.StopAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(fleet.Folder, "databases", "temp")));
        Assert.Empty(LeftBy([.. fleet.Killed.Select(id => $"-{id}-")], fleet.Folder, databases[0]));
    }

    // Folders and processes of sandboxes are named after the process that made them.
    private static List<string> LeftBy(List<string> processes, params string[] words)
    {
        bool IsOurs(string text) => (text.Contains("platform-sandbox-", StringComparison.Ordinal) && processes.Exists(id => text.Contains(id, StringComparison.Ordinal))) || Array.Exists(words, word => text.Contains(word, StringComparison.Ordinal));
        var commands = Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).Select(CommandOf);
        return [.. Directory.EnumerateDirectories(Path.GetTempPath(), "platform-sandbox-*").Concat(commands).Where(IsOurs)];
    }

    private static string CommandOf(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }

    private static string IdIn(JsonElement data) => data.EnumerateObject().First().Value.GetProperty("id").GetString()!;
}
