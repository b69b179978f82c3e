using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Makes versions of functions and lets the oldest go.</summary>
public sealed class FunctionVersions(PlatformDbContext db, FunctionCode code, FunctionChanges changes, IOptions<FunctionOptions> options, TimeProvider clock)
{
    public Task<Result<PackedCode>> PackAsync(CodeSource source, FunctionRuntime runtime, string entrypoint, CancellationToken ct) => code.PackAsync(source, runtime, entrypoint, ct);

    public Task StoreAsync(Guid functionId, PackedCode packed, CancellationToken ct) => code.StoreAsync(functionId, packed, ct);

    /// <summary>Removes code that was stored for a version that did not come about.</summary>
    public Task ForgetAsync(Guid functionId, string sha256) => code.DeleteAsync(functionId, sha256, CancellationToken.None);

    /// <summary>Tells this node that a function has other settings.</summary>
    public void Tell(Guid functionId) => changes.Tell(functionId);

    /// <summary>Adds the next version to the unit of work.</summary>
    public FunctionVersion Add(UserFunction function, PackedCode packed, string runtime, string entrypoint, string? message) =>
        Add(function, new FunctionVersion
        {
            FunctionId = function.Id,
            Number = function.LatestVersion + 1,
            OrganizationId = function.OrganizationId,
            ProjectId = function.ProjectId,
            Runtime = runtime,
            Entrypoint = entrypoint,
            CodeSha256 = packed.Sha256,
            SizeBytes = packed.SizeBytes,
            FileCount = packed.FileCount,
            Message = message is { Length: > 0 } ? message : null,
            CreatedBy = db.Caller.UserId,
            CreatedAt = clock.GetUtcNow(),
        });

    /// <summary>Adds the code of a version again, for another runtime.</summary>
    public FunctionVersion Repeat(UserFunction function, FunctionVersion version, string runtime) =>
        Add(function, new FunctionVersion
        {
            FunctionId = function.Id,
            Number = function.LatestVersion + 1,
            OrganizationId = function.OrganizationId,
            ProjectId = function.ProjectId,
            Runtime = runtime,
            Entrypoint = version.Entrypoint,
            CodeSha256 = version.CodeSha256,
            SizeBytes = version.SizeBytes,
            FileCount = version.FileCount,
            CreatedBy = db.Caller.UserId,
            CreatedAt = clock.GetUtcNow(),
        });

    /// <summary>Lets the oldest go, but never what serves or is being deployed; their code too, where no other version has the same.</summary>
    public async Task TrimAsync(UserFunction function, CancellationToken ct)
    {
        var before = function.LatestVersion - options.Value.MaxVersions;
        if (before <= 0)
            return;
        var old = await db.FunctionVersions.Where(version => version.FunctionId == function.Id && version.Number <= before && version.Number != function.ActiveVersion
            && !db.FunctionDeployments.Any(deployment => deployment.FunctionId == function.Id && deployment.VersionNumber == version.Number && deployment.FinishedAt == null)).OrderBy(version => version.Number).ToListAsync(ct);
        db.RemoveRange(old);
        await db.SaveChangesAsync(ct);
        var digests = old.SelectMany(version => new[] { version.CodeSha256, version.PackageSha256 }).OfType<string>().Distinct().ToList();
        foreach (var digest in digests)
        {
            if (!await db.FunctionVersions.AnyAsync(version => version.FunctionId == function.Id && (version.CodeSha256 == digest || version.PackageSha256 == digest), ct))
                await code.DeleteAsync(function.Id, digest, ct);
        }
    }

    private FunctionVersion Add(UserFunction function, FunctionVersion version)
    {
        function.LatestVersion = version.Number;
        (function.Runtime, function.Entrypoint) = (version.Runtime, version.Entrypoint);
        return db.Add(version).Entity;
    }
}
