using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Tests.Sandbox;

public sealed class SandboxRegistrationTests
{
    [Fact]
    public async Task AddSandbox_StartedHost_ProbesInTheBackgroundAndRunsScripts()
    {
        using var host = Build([]);
        await host.StartAsync();
        var catalog = host.Services.GetRequiredService<RuntimeCatalog>();
        await catalog.Ready.WaitAsync(TimeSpan.FromSeconds(60));

        var bash = catalog.Supported.First(runtime => runtime.Lang == "bash");
        var result = await host.Services.GetRequiredService<ISandbox>().RunAsync(bash.CreateRun("executor-1", "echo $EXECUTION_ID"), CancellationToken.None);

        Assert.Equal("1\n", result.Stdout);
        Assert.Equal(SandboxHealth.Healthy, host.Services.GetRequiredService<ISandbox>().State.Health);
        await host.StopAsync();
    }

    [Theory]
    [InlineData("Sandbox:DrainSeconds", "-1")]
    [InlineData("Sandbox:MemoryMb", "1")]
    [InlineData("Runtimes:perl:Versions:0", "5.36")]
    public async Task AddSandbox_BadOption_StopsTheStart(string key, string value)
    {
        using var host = Build(new() { [key] = value });

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddOutbound().AddSandbox(builder.Configuration);
        return builder.Build();
    }
}
