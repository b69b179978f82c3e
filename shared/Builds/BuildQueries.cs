using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Organizations;

namespace Platform.Builds;

/// <summary>A build with all that belongs to it but its log.</summary>
public sealed record BuildDetail(Build Build, IReadOnlyList<BuildStep> Steps, IReadOnlyList<BuildHookRun> HookRuns, IReadOnlyList<BuildArtifact> Artifacts);

/// <summary>A build of a list.</summary>
public sealed record BuildRow(Build Build, int StepCount, int ArtifactCount);

/// <summary>Finds the builds that the caller may see. Whether a build is there comes before whether the caller may.</summary>
public sealed class BuildQueries(PlatformDbContext db, ProjectDirectory projects, AuditTrail audit)
{
    /// <summary>The build, if it is there (404) and the caller may (403); the running operation's audit entry names it.</summary>
    public async Task<Result<Build>> FindAsync(Guid id, string permission, CancellationToken ct)
    {
        if (await db.Builds.AsNoTracking().Include(build => build.Labels).SingleOrDefaultAsync(build => build.Id == id, ct) is not { } found)
            return BuildErrors.NotFound;
        audit.Target("build", found.Id, $"#{found.Number}");
        return db.Caller.CanIn(found.ProjectId, permission) ? found : PermissionErrors.Missing(db.Caller, permission);
    }

    /// <summary>A refusal when the build's project is archived: it can be looked at, not worked in.</summary>
    public async ValueTask<Error?> CheckProjectAsync(Guid projectId, CancellationToken ct) =>
        await projects.FindAsync(projectId, ct) is { Status: ProjectStatus.Archived } ? BuildErrors.ProjectArchived : null;

    public async Task<BuildDetail> DetailAsync(Build build, CancellationToken ct) => new(
        build,
        await db.BuildSteps.AsNoTracking().Where(step => step.BuildId == build.Id).OrderBy(step => step.Order).ThenBy(step => step.Id).ToListAsync(ct),
        await db.BuildHookRuns.AsNoTracking().Where(run => run.BuildId == build.Id).OrderBy(run => run.Number).ToListAsync(ct),
        await db.BuildArtifacts.AsNoTracking().Where(artifact => artifact.BuildId == build.Id).OrderBy(artifact => artifact.Path).ThenBy(artifact => artifact.Id).ToListAsync(ct));

    /// <summary>A step of that build.</summary>
    public async Task<Result<BuildStep>> FindStepAsync(Build build, Guid stepId, CancellationToken ct) =>
        await db.BuildSteps.AsNoTracking().SingleOrDefaultAsync(step => step.Id == stepId && step.BuildId == build.Id, ct) is { } found ? found : BuildErrors.StepNotFound;

    /// <summary>An artifact of that build whose bytes are still kept.</summary>
    public async Task<Result<BuildArtifact>> FindArtifactAsync(Build build, Guid artifactId, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.BuildArtifacts.AsNoTracking().SingleOrDefaultAsync(artifact => artifact.Id == artifactId && artifact.BuildId == build.Id, ct) is not { } found)
            return BuildErrors.ArtifactNotFound;
        return found.ExpiresAt <= now ? BuildErrors.ArtifactExpired : found;
    }

    /// <summary>The artifacts of that build that are still kept.</summary>
    public Task<List<BuildArtifact>> KeptArtifactsAsync(Build build, DateTimeOffset now, CancellationToken ct) => db.BuildArtifacts.AsNoTracking()
        .Where(artifact => artifact.BuildId == build.Id && artifact.ExpiresAt > now).OrderBy(artifact => artifact.Path).ThenBy(artifact => artifact.Id).ToListAsync(ct);

    /// <summary>How the newest build of the branch ended that was not cancelled; null: there is none.</summary>
    public async Task<BuildStatus?> LastStatusAsync(Guid projectId, string branch, CancellationToken ct)
    {
        var newest = await db.Builds.AsNoTracking()
            .Where(build => build.ProjectId == projectId && build.Branch == branch && build.FinishedAt != null && build.Status != BuildStatus.Cancelled)
            .OrderByDescending(build => build.Number).Select(build => (BuildStatus?)build.Status).FirstOrDefaultAsync(ct);
        return newest;
    }

    public async Task<Page<BuildRow>> ListAsync(Guid projectId, BuildFilter filter, CancellationToken ct)
    {
        var matches = Matching(db.Builds.AsNoTracking().Where(build => build.ProjectId == projectId), filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await Ordered(matches, filter.Sort).Skip(filter.Offset).Take(filter.Limit).Include(build => build.Labels).AsSplitQuery().ToListAsync(ct);
        var ids = rows.ConvertAll(build => build.Id);
        var steps = await db.BuildSteps.Where(step => ids.Contains(step.BuildId)).GroupBy(step => step.BuildId).Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        var artifacts = await db.BuildArtifacts.Where(artifact => ids.Contains(artifact.BuildId)).GroupBy(artifact => artifact.BuildId).Select(group => new { group.Key, Count = group.Count() })
            .ToDictionaryAsync(group => group.Key, group => group.Count, ct);
        return new Page<BuildRow>([.. rows.Select(build => new BuildRow(build, steps.GetValueOrDefault(build.Id), artifacts.GetValueOrDefault(build.Id)))], total, filter.Limit, filter.Offset);
    }

    private static IQueryable<Build> Matching(IQueryable<Build> builds, BuildFilter filter)
    {
        var (statuses, branches, environments, executors) = (filter.Status, filter.Branch, filter.Environment, filter.Executor);
        if (statuses.Count > 0)
            builds = builds.Where(build => statuses.Contains(build.Status));
        if (branches.Count > 0)
            builds = builds.Where(build => branches.Contains(build.Branch!));
        if (environments.Count > 0)
            builds = builds.Where(build => environments.Contains(build.Environment));
        if (executors.Count > 0)
            builds = builds.Where(build => executors.Contains(build.Executor));
        if (filter.CommitSha?.ToLowerInvariant() is { } commit)
            builds = builds.Where(build => build.CommitSha!.StartsWith(commit));
        if (filter.TriggeredBy.Count > 0)
        {
            List<Guid> users = [.. filter.TriggeredBy.Select(text => Guid.TryParse(text, out var id) ? id : Guid.Empty)];
            builds = builds.Where(build => users.Contains(build.TriggeredBy!.Value));
        }

        foreach (var (key, values) in filter.Labels)
            builds = builds.Where(build => build.Labels.Any(label => label.Key == key && values.Contains(label.Value)));
        if (filter.From is { } from)
            builds = builds.Where(build => build.CreatedAt >= from);
        if (filter.To is { } to)
            builds = builds.Where(build => build.CreatedAt < to);
        return builds;
    }

    private static IQueryable<Build> Ordered(IQueryable<Build> builds, string sort) => sort switch
    {
        "createdAt" => builds.OrderBy(build => build.CreatedAt).ThenBy(build => build.Id),
        "startedAt" => builds.OrderBy(build => build.StartedAt == null).ThenBy(build => build.StartedAt).ThenBy(build => build.Id),
        "-startedAt" => builds.OrderBy(build => build.StartedAt == null).ThenByDescending(build => build.StartedAt).ThenByDescending(build => build.Id),
        "durationMs" => builds.OrderBy(build => build.DurationMs == null).ThenBy(build => build.DurationMs).ThenBy(build => build.Id),
        "-durationMs" => builds.OrderBy(build => build.DurationMs == null).ThenByDescending(build => build.DurationMs).ThenByDescending(build => build.Id),
        "number" => builds.OrderBy(build => build.Number),
        "-number" => builds.OrderByDescending(build => build.Number),
        _ => builds.OrderByDescending(build => build.CreatedAt).ThenByDescending(build => build.Id),
    };
}
