using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Outbound;

namespace Platform.Builds;

/// <summary>A configuration after a change; <paramref name="HookSecret"/> is shown this once, when it is new.</summary>
public sealed record ChangedBuildConfig(BuildConfig Config, string? HookSecret);

/// <summary>Changes a project's build configuration. The row's version decides between two changes at once: the later one is refused.</summary>
public sealed class ChangeBuildConfig(PlatformDbContext db, BuildVault vault, BuildAddress addresses, BuildRuntimes runtimes, AuditTrail audit, IOptions<BuildOptions> options, TimeProvider clock)
{
    public async Task<Result<ChangedBuildConfig>> ChangeAsync(Guid projectId, BuildSettingsChange change, CancellationToken ct)
    {
        audit.Target("build_config", projectId);
        var config = await db.BuildConfigs.SingleOrDefaultAsync(row => row.Id == projectId, ct) ?? New(projectId);
        if (change.IfVersion is { } version && version != config.Version)
            return BuildErrors.VersionConflict;
        var settings = change.Apply(config.Settings);
        if (await CheckAsync(settings, change, ct) is { } refusal)
            return refusal;
        var headers = await HeadersAsync(config, change, ct);
        if (!headers.IsOk)
            return headers.Error;

        var secret = await ApplyAsync(config, settings, change, headers.Value, ct);
        if (!secret.IsOk)
            return secret.Error;
        return await SaveAsync(config, secret.Value, ct);
    }

    /// <summary>A refusal of settings that this installation cannot give.</summary>
    internal async Task<Error?> CheckLimitsAsync(BuildSettings settings, CancellationToken ct)
    {
        if (settings.MemoryMb > options.Value.MaxMemoryMb)
            return Refused("memoryMb", $"Input should be less than or equal to {options.Value.MaxMemoryMb}");
        if (settings.Cpus > options.Value.MaxCpus)
            return Refused("cpus", $"Input should be less than or equal to {options.Value.MaxCpus}");
        if (settings.NodeVersion is { } node && !await runtimes.HasAsync(BuildRuntimes.Node, node, ct))
            return Refused("nodeVersion", "This version of Node.js is not installed");
        if (settings.PythonVersion is { } python && !await runtimes.HasAsync(BuildRuntimes.Python, python, ct))
            return Refused("pythonVersion", "This version of Python is not installed");
        return null;
    }

    private async Task<Error?> CheckAsync(BuildSettings settings, BuildSettingsChange change, CancellationToken ct)
    {
        if (change.RepositoryUrl is { } url && await addresses.CheckAsync(url, BuildAddress.Git, "repositoryUrl", ct) is { } refused)
            return refused;
        foreach (var (hook, index) in (change.Hooks ?? []).Select((hook, index) => (hook, index)))
        {
            if (hook.Url is { } address && await addresses.CheckAsync(address, BuildAddress.Hook, $"hooks.{index}.url", ct) is { } refusal)
                return refusal;
        }

        return await CheckLimitsAsync(settings, ct);
    }

    // A masked value stands for the one that the hook of this name has; there must be one.
    private async Task<Result<Dictionary<string, Dictionary<string, string>>>> HeadersAsync(BuildConfig config, BuildSettingsChange change, CancellationToken ct)
    {
        var known = await vault.OpenHeadersAsync(config, ct);
        var headers = new Dictionary<string, Dictionary<string, string>>();
        foreach (var hook in (change.Hooks ?? []).Where(hook => hook.Headers is { Count: > 0 }))
        {
            var values = new Dictionary<string, string>();
            foreach (var (name, value) in hook.Headers!)
            {
                if (value != Masked.Value)
                    values[name] = value;
                else if (known.GetValueOrDefault(hook.Name)?.GetValueOrDefault(name) is { } before)
                    values[name] = before;
                else
                    return Refused("hooks", $"The header {name} of hook {hook.Name} has no value that could be kept");
            }

            headers[hook.Name] = values;
        }

        return headers;
    }

    private async Task<Result<string?>> ApplyAsync(
        BuildConfig config, BuildSettings settings, BuildSettingsChange change, Dictionary<string, Dictionary<string, string>> headers, CancellationToken ct)
    {
        NoteChanges(config.Settings, settings, change);
        config.Settings = settings;
        if (change.Changes(nameof(change.RepositoryToken)))
            await vault.SetTokenAsync(config, change.RepositoryToken, ct);
        else if (change.Changes(nameof(change.RepositoryUrl)))
            config.RepositoryToken = null; // it was for another address
        if (config.RepositoryToken is not null && settings.RepositoryUrl is null)
            return BuildErrors.NoRepository;
        if (change.Changes(nameof(change.Hooks)))
            await vault.SetHeadersAsync(config, headers, ct);
        var needsSecret = config.HookSecret is null && settings.Hooks.Any(hook => hook.Type == BuildHookType.Http);
        if (change.RotateHookSecret != true && !needsSecret)
            return (string?)null;
        var secret = WebhookSignature.NewSecret();
        await vault.SetHookSecretAsync(config, secret, ct);
        audit.ChangeSecret("hookSecret");
        return secret;
    }

    // Commands may hold what somebody thought to be safe there, so only their change is told.
    private void NoteChanges(BuildSettings from, BuildSettings to, BuildSettingsChange change)
    {
        audit.Note("members", string.Join(' ', change.GivenNames));
        if (from.ProductionBranch != to.ProductionBranch)
            audit.Change("productionBranch", from.ProductionBranch, to.ProductionBranch);
        if (from.RepositoryUrl != to.RepositoryUrl)
            audit.Change("repositoryUrl", from.RepositoryUrl, to.RepositoryUrl);
        if (from.Network != to.Network)
            audit.Change("network", from.Network, to.Network);
    }

    private async Task<Result<ChangedBuildConfig>> SaveAsync(BuildConfig config, string? secret, CancellationToken ct)
    {
        var isNew = config.Version == 0;
        config.Version++;
        config.UpdatedAt = clock.GetUtcNow();
        config.UpdatedBy = db.Caller.UserId;
        if (isNew)
            db.Add(config);
        try
        {
            await db.SaveChangesAsync(ct);
            return new ChangedBuildConfig(config, secret);
        }
        catch (DbUpdateException fault) when (fault is DbUpdateConcurrencyException || fault.IsUniqueViolation())
        {
            return BuildErrors.VersionConflict;
        }
    }

    private BuildConfig New(Guid projectId) => new()
    {
        Id = projectId,
        OrganizationId = db.Caller.OrganizationId!.Value,
        Settings = new BuildSettings(),
        CreatedAt = clock.GetUtcNow(),
    };

    private static Error Refused(string field, string message) => Error.Invalid(Problem.Body(field, message, "value_error"));
}
