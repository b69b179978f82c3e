using Microsoft.Extensions.Options;
using Platform.Archives;
using Platform.Blobs;
using Platform.Outbound;
using Platform.Sandbox;

namespace Platform.Builds;

/// <summary>What was fetched, or why not.</summary>
internal sealed record FetchOutcome(BuildFailure? Failure)
{
    public string? CommitSha { get; init; }

    public string? CommitMessage { get; init; }

    public string? CommitAuthor { get; init; }

    public bool TimedOut { get; init; }
}

/// <summary>Puts a build's source into its folder: an archive from the blob store, or a commit by git in the sandbox.</summary>
public sealed class FetchSource(BuildSandbox sandbox, WorkspaceFiles files, BuildVault vault, BuildConfigs configs, IBlobStore blobs, OutboundGuard guard, IOptions<BuildOptions> options)
{
    private const int MostEntries = 50_000;
    private const int CommitBytes = 64 * 1024;
    private const string CommitFile = "commit";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)];

    internal async Task<FetchOutcome> FetchAsync(BuildWork work, Guid step, TimeProvider clock)
    {
        var build = work.Build;
        var outcome = build.Source.HasArchive ? await UnpackAsync(work) : await FetchGitAsync(work, step, clock);
        if (outcome.Failure is null && work.End == WorkEnd.None)
            work.Files = await files.ListAsync(build, work.Workspace, Workspace.Source, work.Stop);
        return outcome;
    }

    private async Task<FetchOutcome> UnpackAsync(BuildWork work)
    {
        await using var archive = await blobs.OpenReadAsync(BuildBlobs.Source(work.Build.ArchiveBuildId!.Value), work.Stop);
        if (archive is null)
            return Failed(BuildFailureCode.SourceUnavailable, "The source is no longer kept");
        var unpacked = await SourceArchive.UnpackAsync(archive, work.Workspace.HostSource, new ArchiveLimits(MostEntries, (long)options.Value.MaxUnpackedMb << 20), work.Stop);
        return unpacked.IsOk ? new FetchOutcome((BuildFailure?)null) : Failed(BuildFailureCode.SourceInvalid, unpacked.Error.Message);
    }

    private async Task<FetchOutcome> FetchGitAsync(BuildWork work, Guid step, TimeProvider clock)
    {
        var source = work.Build.Source;
        var check = await guard.CheckAsync(source.Url!, BuildAddress.Git, work.Stop);
        if (!check.IsOk && check.Error != OutboundErrors.Unresolvable)
            return Failed(BuildFailureCode.SourceUnavailable, check.Error.Message);
        var token = await TokenAsync(work.Build, work.Stop);
        for (var attempt = 0; ; attempt++)
        {
            var (outcome, mayHelp) = await TryAsync(work, step, token);
            if (outcome.Failure is null || !mayHelp || attempt == Pauses.Length || work.End != WorkEnd.None)
                return outcome;
            await work.Log.SayAsync($"The source could not be fetched; next attempt in {Pauses[attempt].TotalSeconds} s", LogLevel.Warn, step);
            await Task.Delay(Pauses[attempt], clock, work.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The source's own token, else that of the project's repository when it is that which is fetched.</summary>
    private async Task<string?> TokenAsync(Build build, CancellationToken ct)
    {
        if ((await vault.OpenAsync(build, ct)).Token is { } own)
            return own;
        return await configs.FindAsync(build.ProjectId, ct) is { } config && config.Settings.RepositoryUrl == build.Source.Url ? await vault.OpenTokenAsync(config, ct) : null;
    }

    private async Task<(FetchOutcome Outcome, bool MayHelp)> TryAsync(BuildWork work, Guid step, string? token)
    {
        var refused = false;
        var log = work.Log.For(step);
        var program = new BuildProgram("fetch", GitScript.Text)
        {
            WorkingDirectory = Workspace.Folder,
            Variables = GitScript.Variables(work.Build, token),
            Network = SandboxNetwork.Public, // what the configuration says is about the steps; without it there would be no source
            WallTime = Longest,
            OnBytes = log.TakeAsync,
            OnEgress = attempt => refused |= attempt.Refusal is not null,
        };
        var result = await sandbox.RunAsync(work.Build, work.Workspace, program, work.Stop);
        await log.EndAsync();
        if (result is { Reason: SandboxReason.Exited, ExitCode: 0 })
            return (await ReadCommitAsync(work), false);
        return result switch
        {
            { Reason: SandboxReason.Timeout } => (Failed(BuildFailureCode.SourceUnavailable, "The source did not come within 10 minutes") with { TimedOut = true }, false),
            { Reason: SandboxReason.StartFailed or SandboxReason.Lost } => (Failed(BuildFailureCode.InternalError, "The platform could not fetch the source"), false),
            { ExitCode: GitScript.RefNotFound } => (Failed(BuildFailureCode.RefNotFound, "There is no such branch or tag"), false),
            { ExitCode: GitScript.CommitNotFound } => (Failed(BuildFailureCode.RefNotFound, "There is no such commit"), false),
            { ExitCode: GitScript.Refused } => (Failed(BuildFailureCode.SourceUnavailable, "The repository does not exist, or the credentials do not open it"), false),
            _ => (Failed(BuildFailureCode.SourceUnavailable, refused ? "The address of the source is not allowed" : "The source could not be fetched"), !refused),
        };
    }

    private async Task<FetchOutcome> ReadCommitAsync(BuildWork work)
    {
        var text = await sandbox.AskAsync(work.Build, work.Workspace, new BuildProgram("commit", $"cat {CommitFile}") { WorkingDirectory = Workspace.Home }, CommitBytes, work.Stop);
        if (text?.Split('\n', 3) is not [var commit, var author, var message])
            return Failed(BuildFailureCode.InternalError, "The platform could not read the commit");
        return new FetchOutcome((BuildFailure?)null) { CommitSha = commit, CommitAuthor = Cut(author, 200), CommitMessage = Cut(message.Trim(), 2000) };
    }

    private static FetchOutcome Failed(BuildFailureCode code, string message) => new(new BuildFailure(code, message));

    private static string Cut(string text, int most) => text.Replace('\0', '\uFFFD') is var clean && clean.Length > most ? clean[..most] : text.Replace('\0', '\uFFFD');
}
