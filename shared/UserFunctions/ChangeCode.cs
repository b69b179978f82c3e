using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Answer to new code.</summary>
public sealed record CodeChanged(FunctionVersion Version, bool Unchanged, FunctionDeployment? Deployment);

/// <summary>Gives a function new code: another version, unless it is the same as the newest.</summary>
public sealed class ChangeCode(PlatformDbContext db, FunctionQueries functions, FunctionRuntimes runtimes, FunctionVersions versions, StartDeployment deployments, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<CodeChanged>> ChangeAsync(UserFunction function, NewCode wanted, ReadOnlyMemory<byte>? archive, CancellationToken ct)
    {
        var runtime = await runtimes.FindAsync(wanted.Runtime ?? function.Runtime, ct);
        if (!runtime.IsOk)
            return runtime.Error;
        if (runtime.Value.Language != FunctionRuntimes.LanguageOf(function.Runtime))
            return FunctionErrors.OtherLanguage(FunctionRuntimes.LanguageOf(function.Runtime));
        var entrypoint = wanted.Entrypoint ?? function.Entrypoint;
        var code = await versions.PackAsync(new CodeSource(wanted.Code, wanted.Files, archive), runtime.Value, entrypoint, ct);
        if (!code.IsOk)
            return code.Error;
        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;
        if (wanted.Deploy && await deployments.IsLiveAsync(function.Id, ct))
            return FunctionErrors.DeploymentInProgress;

        var newest = await functions.VersionAsync(function.Id, function.LatestVersion, ct);
        var unchanged = newest is not null && (newest.CodeSha256, newest.Runtime, newest.Entrypoint) == (code.Value.Sha256, runtime.Value.Name, entrypoint);
        if (!unchanged)
            await versions.StoreAsync(function.Id, code.Value, ct);
        var version = unchanged ? newest! : versions.Add(function, code.Value, runtime.Value.Name, entrypoint, wanted.Message);
        return await SaveAsync(function, version, unchanged, wanted.Deploy, ct);
    }

    private async Task<Result<CodeChanged>> SaveAsync(UserFunction function, FunctionVersion version, bool unchanged, bool deploy, CancellationToken ct)
    {
        var needed = deploy && !(unchanged && function.ActiveVersion == version.Number && function.DeployedRevision == function.ConfigRevision);
        var deployment = needed ? deployments.Add(function, version.Number, DeploymentReason.Deploy) : null;
        if (!needed && !unchanged)
            function.Touch(clock.GetUtcNow());
        audit.Change("version", unchanged ? version.Number : version.Number - 1, version.Number);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return FunctionErrors.Stale;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return deploy ? FunctionErrors.DeploymentInProgress : FunctionErrors.Stale;
        }

        if (!unchanged)
            await versions.TrimAsync(function, ct);
        return new CodeChanged(version, unchanged, deployment);
    }
}
