using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Sandbox.Egress;
using Platform.Sandbox.Runtimes;

namespace Platform.Tests.Sandbox;

/// <summary>One real sandbox for all its tests, with the runtimes of this machine.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    internal BubblewrapSandbox Sandbox { get; } = Create();

    internal RuntimeCatalog Catalog { get; } = new();

    internal static BubblewrapSandbox Create(Action<SandboxOptions>? configure = null, OutboundOptions? outbound = null)
    {
        var options = new SandboxOptions();
        configure?.Invoke(options);
        var egress = new EgressProxy(new OutboundGuard(Options.Create(outbound ?? new OutboundOptions()), Dns.GetHostAddressesAsync), NullLogger<EgressProxy>.Instance);
        return new BubblewrapSandbox(Options.Create(options), egress, TimeProvider.System, NullLogger<BubblewrapSandbox>.Instance);
    }

    public async Task InitializeAsync()
    {
        var state = await Sandbox.ProbeAsync(CancellationToken.None);
        Assert.True(state.AcceptsRuns, $"These tests need a working bubblewrap: {state.Detail}");
        await new RuntimeProbe(Sandbox, Catalog, Options.Create(new RuntimeOptions()), NullLogger<RuntimeProbe>.Instance).ProbeOnceAsync(CancellationToken.None);
    }

    public Task DisposeAsync()
    {
        Sandbox.Dispose();
        return Task.CompletedTask;
    }

    internal static SandboxRun Python(string script) => Script("main.py", script) with { Command = ["/usr/bin/python3", "/scripts/main.py"] };

    internal static SandboxRun Bash(string script) => Script("main.sh", script) with { Command = ["/usr/bin/bash", "/scripts/main.sh"] };

    internal Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct = default) => RunAsync(Sandbox, run, ct);

    /// <summary>Runs, and holds that the run's init is gone when the result is there; an init takes its whole pid namespace along.</summary>
    internal static async Task<SandboxResult> RunAsync(ISandbox sandbox, SandboxRun run, CancellationToken ct = default)
    {
        var init = 0;
        var result = await sandbox.RunAsync(
            run with
            {
                OnStarted = started =>
                {
                    init = started.ProcessId;
                    return run.OnStarted?.Invoke(started) ?? ValueTask.CompletedTask;
                },
            },
            ct);
        Assert.False(init != 0 && Directory.Exists($"/proc/{init}"), $"Process {init} is left after {result}.");
        return result;
    }

    private static SandboxRun Script(string file, string script) => new()
    {
        Name = $"executor-{Guid.NewGuid()}",
        Command = ["/usr/bin/false"],
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [file] = Encoding.UTF8.GetBytes(script) },
        WallTime = TimeSpan.FromSeconds(60),
    };
}

[CollectionDefinition(Name)]
public sealed class SandboxTests : ICollectionFixture<SandboxFixture>
{
    public const string Name = "sandbox";
}
