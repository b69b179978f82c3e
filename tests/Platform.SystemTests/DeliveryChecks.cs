using System.Security.Cryptography;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.SystemTests;

/// <summary>What must hold when all that a <see cref="DeliveryLoad"/> began has ended, whichever nodes were killed meanwhile. Each promise that is broken is said with the ids and states concerned.</summary>
internal sealed class DeliveryChecks(DeliveryFleet fleet, DeliveryLoad load, Receiver receiver, ProcessWatch watch, int kills)
{
    private static readonly TimeSpan Cleaning = TimeSpan.FromSeconds(60);

    private readonly List<string> _broken = [];

    /// <summary>How much there was to check.</summary>
    public string Summary =>
        $"{load.Builds.Count} builds, {load.Deployments.Count} deployments, {load.Backups.Count} backups, {receiver.At(DeliveryLoad.Webhook).Count} webhooks, answers {string.Join(", ", load.Answers)}";

    /// <summary>Waits while recovery is under way, and stops the fleet; what is broken all the same.</summary>
    public async Task<IReadOnlyList<string>> UntilDoneAsync(TimeSpan patience)
    {
        _broken.AddRange(await new Ledger(fleet.Database, "", DeliveryPromises.All).UntilNoneAsync(patience));
        if (_broken.Count > 0)
            return _broken; // the rest would only say the same
        None("no node answers what it may not", load.Wrong);
        Demand(load.Builds.Count >= kills && load.Builds.Count <= 2 * kills && load.Deployments.Count > 0 && load.Backups.Count >= 2, "there is something of each kind to check", Summary);
        var told = receiver.At(DeliveryLoad.Webhook).Select(got => got.Json).Select(got => $"{got.GetProperty("type").GetString()} {IdIn(got.GetProperty("data"))}").ToHashSet(StringComparer.Ordinal);
        await CheckBuildsAsync(told);
        CheckDeployments(told);
        await CheckAnswersAsync();
        foreach (var (database, backup) in load.Backups)
            await CheckBackupAsync(database, backup);
        None("no step runs twice", watch.RanTwice);
        None("no step runs when its build has ended", watch.Alive());
        await CheckLeftoversAsync();
        return _broken;
    }

    // What the user was told of is there, and the receiver was told of it.
    private async Task CheckBuildsAsync(HashSet<string> told)
    {
        foreach (var id in load.Builds)
        {
            var build = await load.GetAsync($"/api/builds/{id}");
            var succeeded = build.GetProperty("status").GetString() == "succeeded";
            Told(told, id, "build.created", "build.started", succeeded ? "build.completed" : "build.failed");
            var artifacts = build.GetProperty("artifacts").EnumerateArray().ToList();
            Demand(succeeded ? artifacts.Count == 1 : artifacts.Count <= 1, "a build that succeeded has its artifact; one that was lost may have it, if it came so far", build);
            foreach (var artifact in artifacts)
                await CheckContentAsync("an artifact is what was stored", $"/api/builds/{id}/artifacts/{artifact.GetProperty("id").GetGuid()}", artifact);
            Demand(build.GetProperty("hooks").EnumerateArray().Select(hook => hook.GetProperty("status").GetString()).SequenceEqual(["succeeded"]), "a build's hook has run once", build);
            Demand(receiver.At(DeliveryLoad.Hook).Any(got => got.Json.GetProperty("build").GetProperty("id").GetGuid() == id), "a build's hook has arrived", build);
        }
    }

    private void CheckDeployments(HashSet<string> told)
    {
        foreach (var id in load.Deployments)
            Told(told, id, "deployment.started", "deployment.completed");
    }

    private async Task CheckAnswersAsync()
    {
        var version = (await load.FunctionAsync()).GetProperty("activeVersion").ToString();
        var answers = await load.AnswersNowAsync();
        Demand(answers.All(answer => answer == version), "both nodes serve the active version", $"active {version}, answers {string.Join(" and ", answers)}");
    }

    private async Task CheckBackupAsync(Guid database, Guid backup)
    {
        var listed = (await load.GetAsync($"/api/databases/{database}/backups")).EnumerateArray().FirstOrDefault(row => row.GetProperty("id").GetGuid() == backup);
        if (listed.ValueKind == JsonValueKind.Undefined)
        {
            Demand(holds: false, "a backup that the user was told of is listed", backup);
            return;
        }

        await CheckContentAsync("a backup is what was stored", $"/api/databases/{database}/backups/{backup}/download", listed);
    }

    private async Task CheckContentAsync(string promise, string path, JsonElement listed)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(await load.DownloadAsync(path)));
        Demand(digest == listed.GetProperty("sha256").GetString(), promise, $"{path}: {digest} of {listed}");
    }

    // No process, file or database of a node that is no more. What goes with its process goes a moment later.
    private async Task CheckLeftoversAsync()
    {
        var databases = await new Ledger(fleet.Server, "", []).ListAsync("SELECT CAST(datname AS text) FROM pg_database WHERE datname LIKE 'mdb%'");
        Demand(databases.Count == 1, "the server has the one managed database", string.Join(", ", databases));
        await UntilNoneAsync("no folder of a lost build is left", () => [.. Directory.EnumerateFileSystemEntries(fleet.Builds)]);
        var codes = await fleet.StopAsync();
        Demand(codes.All(code => code == 0), "the nodes end in order", string.Join(", ", codes));
        None("no file of a backup is left", [.. Directory.EnumerateFileSystemEntries(Path.Combine(fleet.Folder, "databases", "temp"))]);
        await UntilNoneAsync("no process and no folder of a node that has ended is left", () => Leftovers.Of(fleet.Ended, [fleet.Folder, .. databases]));
    }

    private async Task UntilNoneAsync(string promise, Func<IReadOnlyCollection<string>> find)
    {
        using var limit = new CancellationTokenSource(Cleaning);
        IReadOnlyCollection<string> found;
        while ((found = find()).Count > 0 && !limit.IsCancellationRequested)
            await Task.Delay(100);
        None(promise, found);
    }

    private void Told(HashSet<string> told, Guid id, params string[] types)
    {
        foreach (var type in types)
            Demand(told.Contains($"{type} {id}"), "the receiver is told of each event", $"{type} {id}");
    }

    private void None(string promise, IReadOnlyCollection<string> found) => Demand(found.Count == 0, promise, string.Join("; ", found));

    private void Demand(bool holds, string promise, object found)
    {
        if (!holds)
            _broken.Add($"{promise}: {found}");
    }

    private static string IdIn(JsonElement data) => data.EnumerateObject().First().Value.GetProperty("id").GetString()!;
}
