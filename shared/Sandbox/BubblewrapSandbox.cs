using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Sandbox.Egress;
using Platform.Sandbox.Linux;

namespace Platform.Sandbox;

/// <summary>Runs programs on this Linux host with bubblewrap, as root or as any user that may make user namespaces.</summary>
public sealed class BubblewrapSandbox : ISandbox, IDisposable
{
    private readonly SandboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<BubblewrapSandbox> _logger;
    private readonly EgressProxy _egress;
    private readonly HostUsers _users = new();
    private readonly ConcurrentDictionary<SandboxSupervisor, bool> _running = new();
    private readonly AdoptedProcesses _adopted;
    private readonly SemaphoreSlim _probing = new(1, 1);
    private volatile SandboxFacts? _facts;
    private volatile SandboxState _state;
    private volatile bool _stopping;

    public BubblewrapSandbox(IOptions<SandboxOptions> options, EgressProxy egress, TimeProvider clock, ILogger<BubblewrapSandbox> logger)
    {
        (_options, _egress, _clock, _logger) = (options.Value, egress, clock, logger);
        _adopted = new AdoptedProcesses(clock);
        _state = new SandboxFacts(null, ControlGroups.None, null) { Weakness = "Not probed yet." }.State(allowUnconfined: false, now: default);
    }

    public SandboxState State => _stopping ? _state with { Health = SandboxHealth.Unavailable, Detail = "The host is stopping." } : _state;

    /// <summary>Programs that run at this moment.</summary>
    public int Running => _running.Count;

    public async Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct)
    {
        SandboxRunRules.Check(run);
        var host = _facts ?? await DetectAsync(ct);
        if (_stopping)
            return Refused("The host is stopping.") with { Reason = SandboxReason.Lost };
        if (!host.Confines && !_options.AllowUnconfined)
            return Refused(host.Weakness ?? "The sandbox does not work on this host.");
        if (run.Network == SandboxNetwork.None || !host.Confines)
            return await RunAsync(host, run, ct);
        if (EgressRelay.Missing is { } missing)
            return Refused($"There is no way out of the sandbox: {missing}.");
        await using var gate = _egress.Open(run.OnEgress);
        return await RunAsync(host, EgressRelay.Through(gate, run), ct);
    }

    public async Task<SandboxState> ProbeAsync(CancellationToken ct)
    {
        if (_facts is not { Confines: true } host)
        {
            _facts = null;
            await DetectAsync(ct);
            return _state;
        }
        host.Groups.RemoveOrphans();
        _adopted.Reap();
        var result = await TryAsync(host, ct);
        _state = result is null ? host.State(_options.AllowUnconfined, _clock.GetUtcNow()) : _state with { Health = SandboxHealth.Unavailable, Detail = result, CheckedAt = _clock.GetUtcNow() };
        return _state;
    }

    /// <summary>Takes no more runs, lets the running ones finish within the drain time and ends the others as lost.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        _stopping = true;
        var end = _clock.GetTimestamp() + (long)(_options.DrainSeconds * (double)_clock.TimestampFrequency);
        while (!_running.IsEmpty && _clock.GetTimestamp() < end && !ct.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _clock, CancellationToken.None);
        foreach (var supervisor in _running.Keys)
            supervisor.Abandon();
        while (!_running.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(10), _clock, CancellationToken.None);
    }

    public void Dispose() => _probing.Dispose();

    private static SandboxResult Refused(string why) => new() { ExitCode = -1, Reason = SandboxReason.StartFailed, Detail = why };

    private async Task<SandboxResult> RunAsync(SandboxFacts host, SandboxRun run, CancellationToken ct)
    {
        var user = host.Confines ? _users.Rent() : null;
        ControlGroup? group = null;
        try
        {
            group = host.Groups.Create(run);
            WritableMounts.HandOver(run, user);
            var launch = host.Confines ? new BubblewrapLaunch(host.Program!).Create(run, host.Filter, user) : UnconfinedLaunch.Create(run);
            var setup = new SandboxSetup(
                group, host.Groups.LimitsMemory, host.Groups.LimitsProcesses, host.Confines && host.Filter is not null, TimeSpan.FromSeconds(_options.GraceSeconds), _clock, _logger);
            using var supervisor = new SandboxSupervisor(run, launch, setup);
            _running[supervisor] = true;
            try
            {
                await using var cancellation = ct.Register(supervisor.Cancel);
                return await supervisor.RunAsync();
            }
            finally
            {
                _running.TryRemove(supervisor, out _);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception or OutOfMemoryException)
        {
            _logger.LogError(e, "The sandbox of {Name} could not be made", run.Name);
            return Refused(e.Message);
        }
        finally
        {
            group?.Dispose();
            _users.Return(user);
        }
    }

    private async Task<SandboxFacts> DetectAsync(CancellationToken ct)
    {
        await _probing.WaitAsync(ct);
        try
        {
            if (_facts is { } known)
                return known;
            var found = await new SandboxDetection(_options, _users, TryAsync).RunAsync(ct);
            if (Orphans.Remove(found.Groups) is var removed and > 0)
                _logger.LogWarning("Removed {Count} leftovers of an earlier platform process", removed);
            _state = found.State(_options.AllowUnconfined, _clock.GetUtcNow());
            _logger.LogInformation("Sandbox is {Health}: {State}", _state.Health, _state);
            return _facts = found;
        }
        finally
        {
            _probing.Release();
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
