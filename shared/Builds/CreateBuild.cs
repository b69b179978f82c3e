using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.FileSystemGlobbing;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Builds;

/// <summary>Stores a new build of a project and has it started.</summary>
public sealed class CreateBuild(PlatformDbContext db, NewSources sources, BuildConfigs configs, ChangeBuildConfig limits, BuildStarter starter, CancelBuild cancel, BuildSandbox sandbox)
{
    /// <summary>The build in <see cref="BuildStatus.Queued"/>.</summary>
    /// <param name="archive">The source that came as a file of its own; null: none did.</param>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<Build>> CreateAsync(ProjectPlace project, NewBuild wanted, ReadOnlyMemory<byte>? archive, Func<Build, object> answer, CancellationToken ct)
    {
        if (project.Status == ProjectStatus.Archived)
            return BuildErrors.ProjectArchived;
        var config = await configs.FindAsync(project.Id, ct);
        var settings = config?.Settings ?? new BuildSettings();
        var effective = wanted.Config?.ApplyTo(settings) ?? settings;
        if (await limits.CheckLimitsAsync(effective, ct) is { } refusal)
            return refusal;
        if (wanted.Executor == BuildExecutor.Platform && !await sandbox.IsAvailableAsync(ct))
            return BuildErrors.SandboxUnavailable;
        var source = await sources.TakeAsync(wanted, settings, archive, ct);
        if (!source.IsOk)
            return source.Error;
        var created = await StartAsync(project, wanted, (settings, effective), source.Value, answer, ct);
        if (!created.IsOk && source.Value.Archive is { } unused)
            await sources.DropAsync(unused, ct);
        if (created.IsOk && effective.AutoCancelPrevious)
            await CancelPreviousAsync(created.Value, ct);
        return created;
    }

    private async Task<Result<Build>> StartAsync(
        ProjectPlace project, NewBuild wanted, (BuildSettings OfProject, BuildSettings Effective) settings, TakenSource source, Func<Build, object> answer, CancellationToken ct)
    {
        var production = settings.OfProject.ProductionBranch;
        var branch = wanted.Branch ?? source.Source.Ref ?? (source.Source.Type == BuildSourceType.Git ? production : null);
        if (branch is not null && !Takes(settings.Effective.BranchFilter, branch))
            return BuildErrors.BranchFiltered;
        var draft = new BuildDraft(project.OrganizationId, project.Id, wanted.Executor, source.Source, settings.Effective)
        {
            Archive = source.Archive,
            Token = source.OwnToken,
            Branch = branch,
            CommitSha = wanted.CommitSha ?? source.Source.CommitSha,
            CommitMessage = Filled(wanted.CommitMessage),
            CommitAuthor = Filled(wanted.CommitAuthor),
            Environment = wanted.Environment ?? (branch is not null && branch == production ? BuildEnvironment.Production : BuildEnvironment.Preview),
            Labels = wanted.Labels ?? new Dictionary<string, string>(),
            Variables = wanted.EnvironmentVariables ?? new Dictionary<string, string>(),
            Plan = wanted.Steps,
            ClearCache = wanted.ClearCache,
        };
        return await starter.StartAsync(draft, answer, ct);
    }

    private async Task CancelPreviousAsync(Build build, CancellationToken ct)
    {
        var previous = await db.Builds.AsNoTracking()
            .Where(other => other.ProjectId == build.ProjectId && other.Branch == build.Branch && other.Environment == build.Environment && other.Number < build.Number)
            .Where(other => other.Status == BuildStatus.Queued || other.Status == BuildStatus.Running)
            .OrderBy(other => other.Number).Select(other => other.Id).ToListAsync(ct);
        foreach (var id in previous)
            await cancel.RequestAsync(id, "A newer build of the branch replaces it", ct);
    }

    private static bool Takes(IReadOnlyList<string> filter, string branch)
    {
        if (filter.Count == 0)
            return true;
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(filter);
        return matcher.Match(branch).HasMatches;
    }

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;
}
