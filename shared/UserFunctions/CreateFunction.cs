using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.UserFunctions;

/// <summary>Stores a new function with its first version, and has that deployed.</summary>
public sealed class CreateFunction(
    PlatformDbContext db, FunctionRuntimes runtimes, FunctionVersions versions, FunctionVault vault, StartDeployment deployments, FunctionLimits limits, TimeProvider clock)
{
    /// <param name="archive">Code that came as a file.</param>
    /// <param name="answer">What the caller will be told; kept for repetitions of his request.</param>
    public async Task<Result<UserFunction>> CreateAsync(
        ProjectPlace project, NewFunction wanted, ReadOnlyMemory<byte>? archive, Func<UserFunction, object> answer, CancellationToken ct)
    {
        var runtime = await runtimes.FindAsync(wanted.Runtime, ct);
        if (!runtime.IsOk)
            return runtime.Error;
        var entrypoint = wanted.Entrypoint ?? runtime.Value.Rules.Entrypoint;
        var code = await versions.PackAsync(new CodeSource(wanted.Code, wanted.Files, archive), runtime.Value, entrypoint, ct);
        if (!code.IsOk)
            return code.Error;
        var environment = wanted.Environment ?? new Dictionary<string, string>();
        if (FunctionForm.CheckWhole(environment) is { } tooMuch)
            return tooMuch;
        if (project.Status == ProjectStatus.Archived)
            return FunctionErrors.ProjectArchived;
        var function = New(project, wanted, runtime.Value, entrypoint);
        await vault.SetAsync(function, environment, ct);
        await versions.StoreAsync(function.Id, code.Value, ct);
        return await SaveAsync(function, code.Value, wanted.Deploy, answer, ct);
    }

    private async Task<Result<UserFunction>> SaveAsync(UserFunction function, PackedCode code, bool deploy, Func<UserFunction, object> answer, CancellationToken ct)
    {
        try
        {
            var saved = await db.InTransactionAsync(() => InsertAsync(function, code, deploy, answer, ct), ct);
            if (!saved.IsOk)
                await versions.ForgetAsync(function.Id, code.Sha256);
            return saved;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            await versions.ForgetAsync(function.Id, code.Sha256);
            return FunctionErrors.NameTaken;
        }
    }

    private async Task<Result<UserFunction>> InsertAsync(UserFunction function, PackedCode code, bool deploy, Func<UserFunction, object> answer, CancellationToken ct)
    {
        if (await limits.CheckAsync(function, ct) is { } refusal)
            return refusal;
        db.Add(function);
        versions.Add(function, code, function.Runtime, function.Entrypoint, message: null);
        if (deploy)
            deployments.Add(function, function.LatestVersion, DeploymentReason.Create);
        else
            function.Touch(clock.GetUtcNow());
        db.Raise(FunctionCreated.Of(function));
        limits.Note(function, answer(function));
        await db.SaveChangesAsync(ct);
        return function;
    }

    private UserFunction New(ProjectPlace project, NewFunction wanted, FunctionRuntime runtime, string entrypoint)
    {
        var now = clock.GetUtcNow();
        var function = new UserFunction
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = project.OrganizationId,
            ProjectId = project.Id,
            Name = wanted.Name,
            NameKey = wanted.Name.ToLowerInvariant(),
            Description = wanted.Description is { Length: > 0 } text ? text : null,
            Runtime = runtime.Name,
            Entrypoint = entrypoint,
            TimeoutSeconds = wanted.TimeoutSeconds,
            MemoryMb = wanted.MemoryMb,
            MaxConcurrency = wanted.MaxConcurrency,
            MinInstances = wanted.MinInstances,
            IdleTimeoutSeconds = wanted.IdleTimeoutSeconds,
            Network = wanted.Network,
            HealthCheck = wanted.HealthCheck?.ToCheck() ?? FunctionHealthCheck.Default,
            Enabled = wanted.Enabled,
            ConfigRevision = 1,
            CreatedBy = db.Caller.UserId,
            CreatedAt = now,
        };
        function.Tag(wanted.Tags ?? new Dictionary<string, string>());
        return function;
    }
}
