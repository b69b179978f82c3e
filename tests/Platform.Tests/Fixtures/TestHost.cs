using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Fixtures;

/// <summary>
/// A host in this process on a free port, with a data directory of its own that goes with it (unless the test gives one). <see cref="StartAsync"/> hosts chosen function classes,
/// <see cref="StartAppAsync"/> the whole app through its Program.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Task _running;
    private readonly string? _ownDirectory;

    private TestHost(IHost host, Task running, string? ownDirectory)
    {
        _host = host;
        _running = running;
        _ownDirectory = ownDirectory;
        BaseAddress = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = BaseAddress };
    }

    public Uri BaseAddress { get; }

    /// <summary>Follows no redirects and keeps no cookies.</summary>
    public HttpClient Client { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Hosts the functions of the given classes and nothing else.</summary>
    public static async Task<TestHost> StartAsync(
        Type[] functions, Action<FunctionsApplicationBuilder>? configure = null, IReadOnlyDictionary<string, string>? settings = null, string? dataDirectory = null)
    {
        var own = dataDirectory is null ? NewDirectory() : null;
        var builder = FunctionsApplication.CreateBuilder(Arguments(settings, dataDirectory ?? own!));
        builder.ConfigureFunctionsWebApplication();
        builder.App.Types = functions;
        builder.Logging.ClearProviders();
        configure?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<DeferredServices>().Started;
        return new TestHost(host, host.WaitForShutdownAsync(), own);
    }

    /// <summary>Runs the app's Program; <paramref name="configure"/> may replace services after the Program has registered its own.</summary>
    public static async Task<TestHost> StartAppAsync(
        IReadOnlyDictionary<string, string>? settings = null, string? dataDirectory = null, Action<IServiceCollection>? configure = null)
    {
        var own = dataDirectory is null ? NewDirectory() : null;
        var arguments = Arguments(new Dictionary<string, string>(settings ?? new Dictionary<string, string>()) { ["Host:Application"] = "Platform.Functions" }, dataDirectory ?? own!);
        var program = ProgramRun.Start("Platform.Functions", arguments, configure);
        var host = await program.StartedAsync();
        await host.Services.GetRequiredService<DeferredServices>().Started;
        return new TestHost(host, program.Completion, own);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _running;
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        if (_ownDirectory is not null)
            await TempFolder.DeleteAsync(_ownDirectory);
    }

    private static string NewDirectory() => Directory.CreateTempSubdirectory("host-").FullName;

    private static string[] Arguments(IReadOnlyDictionary<string, string>? settings, string directory)
    {
        var all = new Dictionary<string, string>
        {
            ["port"] = "0",
            ["Host:Banner"] = "false",
            ["Host:DrainTimeout"] = "00:00:05",
            ["Host:Storage:Path"] = directory,
            [$"{HostJson.Section}:extensions:http:routePrefix"] = "",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            all[name] = value;
        return [.. all.Select(s => $"--{s.Key}={s.Value}")];
    }
}
