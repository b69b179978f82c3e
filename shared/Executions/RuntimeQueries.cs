using Microsoft.Extensions.Options;
using Platform.Sandbox.Runtimes;
using Platform.Settings;

namespace Platform.Executions;

/// <summary>What scripts may be written in here, and how much they may use.</summary>
public sealed class RuntimeQueries(RuntimeCatalog runtimes, SystemSettingsStore settings, IOptions<ExecutionOptions> options, TimeProvider clock)
{
    /// <summary>One example per language, of its newest supported version.</summary>
    public Result<ExampleScriptList> Examples() =>
        new ExampleScriptList(runtimes.Supported.GroupBy(r => r.Lang).ToDictionary(g => g.Key, g => g.Last().Example));

    /// <summary>What stands against scripts of this language and version; null when they run here.</summary>
    public async Task<Error?> RefuseAsync(string lang, string version, CancellationToken ct)
    {
        try
        {
            await runtimes.Ready.WaitAsync(ExecutionGate.FirstProbe, clock, ct);
        }
        catch (TimeoutException)
        {
            return ExecutionErrors.SandboxUnavailable;
        }

        return runtimes.Find(lang, version) is null ? ExecutionErrors.RuntimeUnknown(lang, version, runtimes.Supported) : null;
    }

    public async Task<Result<ExecutionLimitsView>> LimitsAsync(CancellationToken ct)
    {
        var most = (await settings.GetAsync(ct)).ExecutionLimits;
        var limits = new ExecutionLimits(most.MaxTimeoutSeconds, most.MaxMemoryMb, most.MaxCpuCores * 1000);
        var byLanguage = runtimes.Supported.GroupBy(r => r.Lang).ToList();
        return new ExecutionLimitsView(
            limits.Cpu,
            limits.Memory,
            options.Value.CpuRequest,
            options.Value.MemoryRequest,
            limits.TimeoutSeconds,
            byLanguage.ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g.Select(r => r.Version)]),
            byLanguage.ToDictionary(g => g.Key, IReadOnlyList<RuntimeView> (g) => [.. g.Select(r => new RuntimeView(r.Version, r.ActualVersion, r.FileExtension))]));
    }
}
