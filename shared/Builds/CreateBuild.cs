using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Builds;

/// <summary>Stores a new build of a project and has it started.</summary>
public sealed class CreateBuild(PlatformDbContext db, NewSources sources, BuildConfigs configs, ChangeBuildConfig limits, BuildStarter starter, CancelBuild cancel, IOptions<BuildOptions> options)
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
        var source = await sources.TakeAsync(wanted, settings, archive, ct);
        if (!source.IsOk)
            return source.Error;

        var branch = wanted.Branch ?? source.Value.Source.Ref ?? (source.Value.Source.Type == BuildSourceType.Git ? settings.ProductionBranch : null);
        if (branch is not null && !Takes(effective.BranchFilter, branch))
            return BuildErrors.BranchFiltered;
        var draft = new BuildDraft(project.OrganizationId, project.Id, wanted.Executor, source.Value.Source, effective)
        {
            Archive = source.Value.Archive,
            Token = source.Value.OwnToken,
            Branch = branch,
            CommitSha = wanted.CommitSha ?? source.Value.Source.CommitSha,
            CommitMessage = Filled(wanted.CommitMessage),
            CommitAuthor = Filled(wanted.CommitAuthor),
            Environment = wanted.Environment ?? (branch is not null && branch == settings.ProductionBranch ? BuildEnvironment.Production : BuildEnvironment.Preview),
            Labels = wanted.Labels ?? new Dictionary<string, string>(),
            Variables = wanted.EnvironmentVariables ?? new Dictionary<string, string>(),
            Plan = wanted.Steps,
            ClearCache = wanted.ClearCache,
        };
        var created = await starter.StartAsync(draft, answer, ct);
        if (created.IsOk && effective.AutoCancelPrevious)
            await CancelPreviousAsync(created.Value, ct);
        return created;
    }

    private async Task CancelPreviousAsync(Build build, CancellationToken ct)
    {
        var previous = await db.Builds.AsNoTracking()
            .Where(other => other.ProjectId == build.ProjectId && other.Branch == build.Branch && other.Environment == build.Environment && other.Number < build.Number)
            .Where(other => other.Status == BuildStatus.Queued || other.Status == BuildStatus.Running)
            .OrderBy(other => other.Number).Take(options.Value.MaxQueuedPerOrganization).Select(other => other.Id).ToListAsync(ct);
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
