using Microsoft.EntityFrameworkCore;
using Platform.Blobs;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Builds;

/// <summary>Tries builds again that did not succeed: same source, same configuration, a new build.</summary>
public sealed class RetryBuild(PlatformDbContext db, BuildStarter starter, BuildVault vault, BuildSandbox sandbox, IBlobStore blobs)
{
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<Build>> RetryAsync(Build former, NewRetry wanted, Func<Build, object> answer, CancellationToken ct)
    {
        if (former.Status is not (BuildStatus.Failed or BuildStatus.TimedOut or BuildStatus.Cancelled))
            return BuildErrors.NotRetryable;
        if (former.ArchiveBuildId is { } archive && await blobs.GetPropertiesAsync(BuildBlobs.Source(archive), ct) is null)
            return BuildErrors.SourceExpired;
        if (former.Executor == BuildExecutor.Platform && !await sandbox.IsAvailableAsync(ct))
            return BuildErrors.SandboxUnavailable;
        var draft = await DraftAsync(former, wanted, ct);
        return await db.InTransactionAsync(() => InsertAsync(former, draft, answer, ct), ct);
    }

    /// <summary>The platform's own try after its runner was lost; part of the transaction that ends the former. Null when the source is gone.</summary>
    internal async Task<Build?> RetryLostAsync(Build former, CancellationToken ct)
    {
        var draft = await DraftAsync(former, new NewRetry(), ct) with { IsAutomatic = true };
        var retried = await InsertAsync(former, draft, build => build.Id, ct);
        return retried.IsOk ? retried.Value : null;
    }

    private async Task<Result<Build>> InsertAsync(Build former, BuildDraft draft, Func<Build, object> answer, CancellationToken ct)
    {
        if (!await db.LockProjectAsync(former.ProjectId, ct))
            return BuildErrors.ProjectArchived;
        if (await db.Builds.AnyAsync(build => build.RetryOf == former.Id && (build.Status == BuildStatus.Queued || build.Status == BuildStatus.Running), ct))
            return BuildErrors.AlreadyRetrying;
        var started = await starter.StartAsync(draft, answer, ct);
        if (started.IsOk)
        {
            var id = started.Value.Id;
            await db.Builds.Where(build => build.Id == former.Id).ExecuteUpdateAsync(set => set.SetProperty(build => build.RetriedBy, id), ct);
        }

        return started;
    }

    private async Task<BuildDraft> DraftAsync(Build former, NewRetry wanted, CancellationToken ct)
    {
        var secrets = await vault.OpenAsync(former, ct);
        var labels = await db.Builds.AsNoTracking().Where(build => build.Id == former.Id).SelectMany(build => build.Labels).ToListAsync(ct);
        return new BuildDraft(former.OrganizationId, former.ProjectId, former.Executor, Pinned(former), former.Config)
        {
            Archive = former.ArchiveBuildId,
            Token = secrets.Token,
            Branch = former.Branch,
            CommitSha = former.CommitSha,
            CommitMessage = former.CommitMessage,
            CommitAuthor = former.CommitAuthor,
            Environment = former.Environment,
            Labels = labels.ToDictionary(label => label.Key, label => label.Value),
            Variables = Joined(secrets.Variables, wanted.EnvironmentVariables),
            Plan = former.HasPlan ? await PlanAsync(former.Id, ct) : null,
            ClearCache = wanted.ClearCache,
            Former = former,
        };
    }

    // A branch may have moved on; what is tried again is what failed.
    private static BuildSource Pinned(Build former) =>
        former.Source is { Type: BuildSourceType.Git } source && former.CommitSha is { Length: >= 40 } commit ? source with { CommitSha = commit } : former.Source;

    private async Task<List<NewPlanStep>> PlanAsync(Guid buildId, CancellationToken ct) => (await db.BuildSteps.AsNoTracking()
            .Where(step => step.BuildId == buildId && step.Command != null && step.HookName == null && step.Kind != BuildStepKind.Fetch && step.Kind != BuildStepKind.Artifacts)
            .OrderBy(step => step.Order).ToListAsync(ct))
        .ConvertAll(step => new NewPlanStep
        {
            Name = step.Name,
            Command = step.Command!,
            WorkingDirectory = step.WorkingDirectory,
            TimeoutSeconds = step.TimeoutSeconds,
            ContinueOnError = step.ContinueOnError,
            Kind = step.Kind,
        });

    private static Dictionary<string, string> Joined(IReadOnlyDictionary<string, string> kept, IReadOnlyDictionary<string, string>? added)
    {
        var all = new Dictionary<string, string>(kept);
        foreach (var (name, value) in added ?? new Dictionary<string, string>())
            all[name] = value;
        return all;
    }
}
