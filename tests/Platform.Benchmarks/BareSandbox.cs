using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Benchmarks;

/// <summary>The comparison for executions: the same script in the same sandbox by hand, with no platform around it.</summary>
internal sealed class BareSandbox(IHost host, SupportedRuntime runtime) : IAsyncDisposable
{
    public static async Task<BareSandbox> StartAsync(string language = "python", string version = "3.11")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddOutbound().AddSandbox(new ConfigurationBuilder().Build());
        var host = builder.Build();
        await host.StartAsync();
        var catalog = host.Services.GetRequiredService<RuntimeCatalog>();
        await catalog.Ready.WaitAsync(TimeSpan.FromMinutes(1));
        return new BareSandbox(host, catalog.Find(language, version) ?? throw new InvalidOperationException($"{language} {version} does not answer in the sandbox."));
    }

    public async Task<double> MillisecondsAsync(string script)
    {
        var clock = Stopwatch.StartNew();
        var result = await host.Services.GetRequiredService<ISandbox>().RunAsync(runtime.CreateRun($"executor-{Guid.CreateVersion7()}", script), CancellationToken.None);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"The bare run failed: {result.Reason} {result.Stderr}");
        return clock.Elapsed.TotalMilliseconds;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}
