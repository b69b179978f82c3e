using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Organizations;
using Platform.Workflows;

namespace Platform.Builds;

/// <summary>What a new build is made of.</summary>
internal sealed record BuildDraft(Guid OrganizationId, Guid ProjectId, BuildExecutor Executor, BuildSource Source, BuildSettings Config)
{
    /// <summary>The id that the archive was stored under; null: there is none.</summary>
    public Guid? Archive { get; init; }

    /// <summary>Of the source; null: that of the project's repository, if it is that.</summary>
    public string? Token { get; init; }

    public string? Branch { get; init; }

    public string? CommitSha { get; init; }

    public string? CommitMessage { get; init; }

    public string? CommitAuthor { get; init; }

    public BuildEnvironment Environment { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<NewPlanStep>? Plan { get; init; }

    public bool ClearCache { get; init; }

    /// <summary>The build that is tried again.</summary>
    public Build? Former { get; init; }

    /// <summary>The platform tries again by itself; counts for nobody's limit.</summary>
    public bool IsAutomatic { get; init; }
}

/// <summary>Adds builds to their projects' rows and queues.</summary>
public sealed class BuildStarter(
    PlatformDbContext db, BuildVault vault, IWorkflows workflows, AuditTrail audit, IdempotentRequest idempotency, IOptions<BuildOptions> options, BuildClock clock)
{
    private const string NameOfPlatform = "platform";

    internal Task<Result<Build>> StartAsync(BuildDraft draft, Func<Build, object> answer, CancellationToken ct) => db.InTransactionAsync(() => InsertAsync(draft, answer, ct), ct);

    // In a transaction.
    private async Task<Result<Build>> InsertAsync(BuildDraft draft, Func<Build, object> answer, CancellationToken ct)
    {
        if (!await db.LockProjectAsync(draft.ProjectId, ct))
            return BuildErrors.ProjectArchived;
        if (!draft.IsAutomatic && draft.Executor == BuildExecutor.Platform && await CountWaitingAsync(draft.OrganizationId, ct) >= options.Value.MaxQueuedPerOrganization)
            return BuildErrors.QueueFull;
        var number = await db.Builds.Where(build => build.ProjectId == draft.ProjectId).MaxAsync(build => (int?)build.Number, ct) ?? 0;
        var build = await NewAsync(draft, number + 1, ct);
        db.Add(build);
        AddPlan(build, draft);
        db.Raise(BuildEvent.OfState(build));
        audit.Target("build", build.Id, $"#{build.Number}");
        if (build.Executor == BuildExecutor.Platform)
            workflows.Start(BuildRun.Name, BuildRun.InstanceId(build.Id), new BuildRun.Input(build.OrganizationId, build.Id, clock.CorrelationId));
        idempotency.Complete(answer(build));
        await db.SaveChangesAsync(ct);
        return build;
    }

    // Those of all projects, also when the caller's token is bound to some.
    private async Task<int> CountWaitingAsync(Guid organizationId, CancellationToken ct)
    {
        using var whole = db.ActAs(Caller.System(organizationId));
        return await db.Builds.CountAsync(build => build.OrganizationId == organizationId && build.Status == BuildStatus.Queued && build.Executor == BuildExecutor.Platform, ct);
    }

    private async Task<Build> NewAsync(BuildDraft draft, int number, CancellationToken ct)
    {
        var now = clock.Now;
        var id = draft.Archive is { } archive && draft.Former is null ? archive : Guid.CreateVersion7(now);
        var caller = db.Caller;
        var hasSecrets = draft.Token is not null || draft.Variables.Count > 0;
        return new Build
        {
            Id = id,
            OrganizationId = draft.OrganizationId,
            ProjectId = draft.ProjectId,
            Number = number,
            Executor = draft.Executor,
            Source = draft.Source,
            ArchiveBuildId = draft.Archive,
            Secrets = hasSecrets ? await vault.SealAsync(draft.OrganizationId, id, new BuildSecrets(draft.Token, draft.Variables), ct) : null,
            Branch = draft.Branch,
            CommitSha = draft.CommitSha,
            CommitMessage = draft.CommitMessage,
            CommitAuthor = draft.CommitAuthor,
            Environment = draft.Environment,
            Trigger = draft.Former is not null ? BuildTrigger.Retry : caller.Credential == CredentialKind.AccessToken ? BuildTrigger.Api : BuildTrigger.Manual,
            TriggeredBy = caller.UserId ?? (draft.IsAutomatic ? draft.Former?.CreatedBy : null),
            TriggeredByName = caller.Username ?? (draft.IsAutomatic ? NameOfPlatform : null),
            Config = draft.Config,
            HasPlan = draft.Plan is not null || draft.Former?.HasPlan == true,
            ClearCache = draft.ClearCache,
            Status = BuildStatus.Queued,
            Phase = BuildPhase.Queued,
            Attempt = (draft.Former?.Attempt ?? 0) + 1,
            RetryOf = draft.Former?.Id,
            RootBuildId = draft.Former?.RootBuildId ?? id,
            Labels = [.. draft.Labels.Select(label => new BuildLabel { BuildId = id, Key = label.Key, Value = label.Value })],
            QueuedAt = now,
            CreatedBy = caller.UserId ?? draft.Former?.CreatedBy,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
    }

    private void AddPlan(Build build, BuildDraft draft)
    {
        foreach (var (step, index) in (draft.Plan ?? []).Select((step, index) => (step, index)))
        {
            db.Add(new BuildStep
            {
                Id = Guid.CreateVersion7(build.CreatedAt),
                OrganizationId = build.OrganizationId,
                BuildId = build.Id,
                Order = BuildStepOrder.OfPlan(index),
                Name = step.Name,
                Kind = step.Kind,
                Command = step.Command,
                WorkingDirectory = step.WorkingDirectory,
                TimeoutSeconds = step.TimeoutSeconds,
                ContinueOnError = step.ContinueOnError,
                Status = BuildStepStatus.Pending,
                CreatedAt = build.CreatedAt,
                UpdatedAt = build.CreatedAt,
            });
        }
    }
}
