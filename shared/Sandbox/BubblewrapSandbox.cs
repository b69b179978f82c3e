using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Sandbox.Linux;

namespace Platform.Sandbox;

/// <summary>Runs programs on this Linux host with bubblewrap, as root or as any user that may make user namespaces.</summary>
public sealed class BubblewrapSandbox : ISandbox, IDisposable
{
    private readonly SandboxOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<BubblewrapSandbox> logger;
    private readonly HostUsers users = new();
    private readonly ConcurrentDictionary<SandboxSupervisor, bool> running = new();
    private readonly AdoptedProcesses adopted;
    private readonly SemaphoreSlim probing = new(1, 1);
    private volatile SandboxFacts? facts;
    private volatile SandboxState state;
    private volatile bool stopping;

    public BubblewrapSandbox(IOptions<SandboxOptions> options, TimeProvider clock, ILogger<BubblewrapSandbox> logger)
    {
        (this.options, this.clock, this.logger) = (options.Value, clock, logger);
        adopted = new AdoptedProcesses(clock);
        state = new SandboxFacts(null, ControlGroups.None, null) { Weakness = "Not probed yet." }.State(allowUnconfined: false, now: default);
    }

    public SandboxState State => state;

    /// <summary>Programs that run at this moment.</summary>
    public int Running => running.Count;

    public async Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct)
    {
        SandboxRunRules.Check(run);
        if (run.Network != SandboxNetwork.None)
            return Refused($"The bubblewrap sandbox has no network profile {run.Network}.");
        var host = facts ?? await DetectAsync(ct);
        if (stopping)
            return Refused("The host is stopping.") with { Reason = SandboxReason.Lost };
        if (!host.Confines && !options.AllowUnconfined)
            return Refused(host.Weakness ?? "The sandbox does not work on this host.");
        return await RunAsync(host, run, ct);
    }

    public async Task<SandboxState> ProbeAsync(CancellationToken ct)
    {
        if (facts is not { Confines: true } host)
        {
            facts = null;
            await DetectAsync(ct);
            return state;
        }
        host.Groups.RemoveOrphans();
        adopted.Reap();
        var result = await TryAsync(host, ct);
        state = result is null ? host.State(options.AllowUnconfined, clock.GetUtcNow()) : state with { Health = SandboxHealth.Unavailable, Detail = result, CheckedAt = clock.GetUtcNow() };
        return state;
    }

    /// <summary>Takes no more runs, lets the running ones finish within the drain time and ends the others as lost.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        stopping = true;
        var end = clock.GetTimestamp() + (long)(options.DrainSeconds * (double)clock.TimestampFrequency);
        while (!running.IsEmpty && clock.GetTimestamp() < end && !ct.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, CancellationToken.None);
        foreach (var supervisor in running.Keys)
            supervisor.Abandon();
        while (!running.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, CancellationToken.None);
    }

    public void Dispose() => probing.Dispose();

    private static SandboxResult Refused(string why) => new() { ExitCode = -1, Reason = SandboxReason.StartFailed, Detail = why };

    private async Task<SandboxResult> RunAsync(SandboxFacts host, SandboxRun run, CancellationToken ct)
    {
        var user = host.Confines ? users.Rent() : null;
        ControlGroup? group = null;
        try
        {
            group = host.Groups.Create(run);
            WritableMounts.HandOver(run, user);
            var launch = host.Confines ? new BubblewrapLaunch(host.Program!).Create(run, host.Filter, user) : UnconfinedLaunch.Create(run);
            var setup = new SandboxSetup(
                group, host.Groups.LimitsMemory, host.Groups.LimitsProcesses, host.Confines && host.Filter is not null, TimeSpan.FromSeconds(options.GraceSeconds), clock, logger);
            using var supervisor = new SandboxSupervisor(run, launch, setup);
            running[supervisor] = true;
            try
            {
                await using var cancellation = ct.Register(supervisor.Cancel);
                return await supervisor.RunAsync();
            }
            finally
            {
                running.TryRemove(supervisor, out _);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or OutOfMemoryException)
        {
            logger.LogError(e, "The sandbox of {Name} could not be made", run.Name);
            return Refused(e.Message);
        }
        finally
        {
            group?.Dispose();
            users.Return(user);
        }
    }

    private async Task<SandboxFacts> DetectAsync(CancellationToken ct)
    {
        await probing.WaitAsync(ct);
        try
        {
            if (facts is { } known)
                return known;
            var found = await new SandboxDetection(options, users, TryAsync).RunAsync(ct);
            if (Orphans.Remove(found.Groups) is var removed and > 0)
                logger.LogWarning("Removed {Count} leftovers of an earlier platform process", removed);
            state = found.State(options.AllowUnconfined, clock.GetUtcNow());
            logger.LogInformation("Sandbox is {Health}: {State}", state.Health, state);
            return facts = found;
        }
        finally
        {
            probing.Release();
        }
    }

    /// <summary>Null when an empty run works, else why not.</summary>
    private async Task<string?> TryAsync(SandboxFacts host, CancellationToken ct)
    {
        var probe = new SandboxRun { Name = "probe", Command = ["/usr/bin/true"], WallTime = TimeSpan.FromSeconds(20) };
        var result = await RunAsync(host with { Confines = true }, probe, ct);
        ct.ThrowIfCancellationRequested();
        return result is { Reason: SandboxReason.Exited, ExitCode: 0 } ? null : $"{result.Reason}: {result.Detail ?? result.Stderr}";
    }
}
