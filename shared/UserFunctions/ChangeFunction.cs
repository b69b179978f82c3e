using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Changes a function's settings; they hold from the next invocation on. Values of variables are told to nobody.</summary>
public sealed class ChangeFunction(
    PlatformDbContext db, FunctionQueries functions, FunctionRuntimes runtimes, FunctionVersions versions, FunctionVault vault, AuditTrail audit, TimeProvider clock)
{
    public async Task<Result<UserFunction>> ChangeAsync(UserFunction function, FunctionChange change, CancellationToken ct)
    {
        if (change.Runtime is { } wanted && await CheckRuntimeAsync(function, wanted, ct) is { IsOk: false } refused)
            return refused.Error!;
        var environment = change.NewEnvironment is { } values ? await MergeAsync(function, values, ct) : null;
        if (environment is not null && FunctionForm.CheckWhole(environment) is { } tooMuch)
            return tooMuch;
        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;

        var fields = new FieldChanges(audit);
        Apply(function, change, fields);
        if (environment is not null)
            await ApplyAsync(function, environment, fields, ct);
        if (change.Runtime is { } runtime)
            await ApplyAsync(function, runtime, fields, ct);
        return fields.Any ? await SaveAsync(function, fields.NeedNewWorkers, ct) : function;
    }

    private async Task<Result<UserFunction>> SaveAsync(UserFunction function, bool needNewWorkers, CancellationToken ct)
    {
        if (needNewWorkers)
            function.ConfigRevision++;
        function.Touch(clock.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
            versions.Tell(function.Id);
            return function;
        }
        catch (DbUpdateConcurrencyException)
        {
            return FunctionErrors.Stale;
        }
        catch (DbUpdateException fault) when (fault.IsUniqueViolation())
        {
            return FunctionErrors.NameTaken;
        }
    }

    private async Task<Result<FunctionRuntime>> CheckRuntimeAsync(UserFunction function, string wanted, CancellationToken ct)
    {
        var language = FunctionRuntimes.LanguageOf(function.Runtime);
        if (FunctionRuntimes.LanguageOf(wanted) != language)
            return FunctionErrors.OtherLanguage(language);
        return await runtimes.FindAsync(wanted, ct);
    }

    private async Task<Dictionary<string, string>> MergeAsync(UserFunction function, IReadOnlyDictionary<string, string?> values, CancellationToken ct)
    {
        var all = await vault.OpenAsync(function.OrganizationId, function.Id, function.Environment, ct);
        foreach (var (name, value) in values)
        {
            if (value is null)
                all.Remove(name);
            else if (value != Masked.Value || !all.ContainsKey(name))
                all[name] = value;
        }

        return all;
    }

    private async Task ApplyAsync(UserFunction function, Dictionary<string, string> environment, FieldChanges fields, CancellationToken ct)
    {
        var before = await vault.OpenAsync(function.OrganizationId, function.Id, function.Environment, ct);
        if (before.Count == environment.Count && before.All(pair => environment.TryGetValue(pair.Key, out var value) && value == pair.Value))
            return;
        fields.Secret("environment");
        await vault.SetAsync(function, environment, ct);
    }

    // The same code for another runtime is a version of its own: what serves goes on as it is until that is deployed.
    private async Task ApplyAsync(UserFunction function, string wanted, FieldChanges fields, CancellationToken ct)
    {
        var runtime = await runtimes.FindAsync(wanted, ct);
        if (!runtime.IsOk || runtime.Value.Name == function.Runtime || await functions.VersionAsync(function.Id, function.LatestVersion, ct) is not { } newest)
            return;
        fields.Set("runtime", function.Runtime, runtime.Value.Name, _ => versions.Repeat(function, newest, runtime.Value.Name));
    }

    private static void Apply(UserFunction function, FunctionChange change, FieldChanges fields)
    {
        fields.Set("name", function.Name, change.Name ?? function.Name, value => (function.Name, function.NameKey) = (value, value.ToLowerInvariant()), needNewWorkers: true);
        if (change.HasDescription)
            fields.Set("description", function.Description, change.Description is { Length: > 0 } text ? text : null, value => function.Description = value);
        fields.Set("timeoutSeconds", function.TimeoutSeconds, change.NewTimeoutSeconds ?? function.TimeoutSeconds, value => function.TimeoutSeconds = value, needNewWorkers: true);
        fields.Set("memoryMb", function.MemoryMb, change.NewMemoryMb ?? function.MemoryMb, value => function.MemoryMb = value, needNewWorkers: true);
        fields.Set("maxConcurrency", function.MaxConcurrency, change.NewMaxConcurrency ?? function.MaxConcurrency, value => function.MaxConcurrency = value, needNewWorkers: true);
        fields.Set("minInstances", function.MinInstances, change.NewMinInstances ?? function.MinInstances, value => function.MinInstances = value, needNewWorkers: true);
        fields.Set("idleTimeoutSeconds", function.IdleTimeoutSeconds, change.NewIdleTimeoutSeconds ?? function.IdleTimeoutSeconds, value => function.IdleTimeoutSeconds = value, needNewWorkers: true);
        fields.Set("network", function.Network, change.NewNetwork ?? function.Network, value => function.Network = value, needNewWorkers: true);
        if (change.HealthCheck is { } check)
            fields.Set("healthCheck", function.HealthCheck, check.ToCheck(), value => function.HealthCheck = value);
        if (change.Tags is { } tags && !tags.OrderBy(tag => tag.Key).SequenceEqual(function.Tags.OrderBy(tag => tag.Key).Select(tag => KeyValuePair.Create(tag.Key, tag.Value))))
            fields.Set<IReadOnlyDictionary<string, string>>("tags", function.Tags.ToDictionary(tag => tag.Key, tag => tag.Value), tags, function.Tag);
    }
}

/// <summary>Notes what a change changes.</summary>
internal sealed class FieldChanges(AuditTrail audit)
{
    public bool Any { get; private set; }

    public bool NeedNewWorkers { get; private set; }

    public void Set<T>(string field, T from, T to, Action<T> set, bool needNewWorkers = false)
    {
        if (EqualityComparer<T>.Default.Equals(from, to))
            return;
        audit.Change(field, from, to);
        set(to);
        (Any, NeedNewWorkers) = (true, NeedNewWorkers || needNewWorkers);
    }

    public void Secret(string field)
    {
        audit.ChangeSecret(field);
        (Any, NeedNewWorkers) = (true, true);
    }
}
