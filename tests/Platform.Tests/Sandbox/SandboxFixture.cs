using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Tests.Sandbox;

/// <summary>One real sandbox for all its tests, with the runtimes of this machine.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    internal BubblewrapSandbox Sandbox { get; } = Create();

    internal RuntimeCatalog Catalog { get; } = new();

    internal static BubblewrapSandbox Create(Action<SandboxOptions>? configure = null)
    {
        var options = new SandboxOptions();
        configure?.Invoke(options);
        return new BubblewrapSandbox(Options.Create(options), TimeProvider.System, NullLogger<BubblewrapSandbox>.Instance);
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

    internal SandboxRun Python(string script) => Script("python", "main.py", script) with { Command = ["/usr/bin/python3", "/scripts/main.py"] };

    internal SandboxRun Bash(string script) => Script("bash", "main.sh", script) with { Command = ["/usr/bin/bash", "/scripts/main.sh"] };

    internal Task<SandboxResult> RunAsync(SandboxRun run, CancellationToken ct = default) => Sandbox.RunAsync(run, ct);

    private static SandboxRun Script(string language, string file, string script) => new()
    {
        Name = $"executor-{Guid.NewGuid()}",
        Command = [language],
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { [file] = System.Text.Encoding.UTF8.GetBytes(script) },
        WallTime = TimeSpan.FromSeconds(60),
    };
}

[CollectionDefinition(Name)]
public sealed class SandboxTests : ICollectionFixture<SandboxFixture>
{
    public const string Name = "sandbox";
}
