using EmbeddedFunctions.Startup;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class StartTests
{
    [Fact]
    public async Task Http_HostedServiceBlocksItsStart_AnswersAlready()
    {
        using var gate = new ManualResetEventSlim();
        var directory = Directory.CreateTempSubdirectory("start-").FullName;
        var builder = EmbeddedFunctions.Worker.Builder.FunctionsApplication.CreateBuilder(["--port=0", "--Host:Banner=false", "--AzureFunctionsJobHost:extensions:http:routePrefix=", $"--Host:Storage:Path={directory}"]);
        builder.ConfigureFunctionsWebApplication();
        builder.App.Types = [typeof(Alive)];
        builder.Services.AddSingleton(gate).AddHostedService<Blocking>();
        using var host = builder.Build();
        await host.StartAsync();
        using var client = new HttpClient();
        var address = host.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.First();

        Assert.Equal("alive", await client.GetStringAsync($"{address}/alive"));
        Assert.False(host.Services.GetRequiredService<DeferredServices>().Started.IsCompleted);

        gate.Set();
        await host.Services.GetRequiredService<DeferredServices>().Started;
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Stop_WhileItStarts_EndsTheRunWithoutAnError()
    {
        var directory = Directory.CreateTempSubdirectory("start-").FullName;
        var builder = EmbeddedFunctions.Worker.Builder.FunctionsApplication.CreateBuilder(["--port=0", "--Host:Banner=false", $"--Host:Storage:Path={directory}"]);
        builder.ConfigureFunctionsWebApplication();
        builder.App.Types = [typeof(Alive)];
        var host = builder.Build();

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await host.RunAsync();

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task HostedService_FailsToStart_StopsTheHost()
    {
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync([typeof(Alive)], builder => builder.Services.AddHostedService<Failing>()));
        Assert.Equal("cannot", failed.Message);
        Environment.ExitCode = 0;
    }

    [Fact]
    public void UseMiddleware_BeforeConfigureFunctionsWebApplication_IsRefused()
    {
        var builder = EmbeddedFunctions.Worker.Builder.FunctionsApplication.CreateBuilder([]);
        builder.UseMiddleware((_, next) => next());
        Assert.Throws<InvalidOperationException>(() => builder.ConfigureFunctionsWebApplication());
    }

    [Fact]
    public async Task Middleware_OfTheApp_StandsInItsPlaceAndLast()
    {
        await using var host = await TestHost.StartAsync([typeof(Alive)], builder =>
        {
            builder.UseMiddleware(async (context, next) =>
            {
                await context.GetHttpContext()!.Response.WriteAsync("<");
                await next();
            });
            builder.UseWhen(context => context.FunctionDefinition.InputBindings.Values.Any(b => b.Type == "httpTrigger"), async (context, next) =>
            {
                await context.GetHttpContext()!.Response.WriteAsync("[");
                await next();
                await context.GetHttpContext()!.Response.WriteAsync("]");
            });
        });
        Assert.Equal("<[]alive", await host.Client.GetStringAsync("/alive"));
    }

    [Fact]
    public void HostJson_Flattened_IsOverriddenByArguments()
    {
        var directory = Directory.CreateTempSubdirectory("hostjson-").FullName;
        File.WriteAllText(Path.Combine(directory, "host.json"), """{ "functionTimeout": "00:10:00", /* lenient */ "unknown": { "x": [1] }, "extensions": { "http": { "routePrefix": "api/v2/" }, "serviceBus": { "maxConcurrentCalls": 3 } }, }""");
        var configuration = new ConfigurationManager();
        HostJson.Add(configuration, directory);
        configuration.AddCommandLine(["--AzureFunctionsJobHost:extensions:serviceBus:maxDeliveryCount=2"]);

        var options = HostJsonOptions.From(configuration);

        Assert.Equal((TimeSpan.FromMinutes(10), "api/v2", 3, 2), (options.FunctionTimeout, options.RoutePrefix, options.Broker.MaxConcurrentCalls, options.Broker.MaxDeliveryCount));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void HostJson_NonsenseValue_IsRefusedWithItsName()
    {
        var configuration = new ConfigurationManager();
        configuration.AddCommandLine(["--AzureFunctionsJobHost:functionTimeout=never"]);
        Assert.Contains("functionTimeout", Assert.Throws<InvalidOperationException>(() => HostJsonOptions.From(configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LocalSettings_Values_BecomeEnvironmentVariablesUnlessSet()
    {
        var directory = Directory.CreateTempSubdirectory("local-").FullName;
        var (fresh, taken) = ($"T{Guid.NewGuid():N}", $"T{Guid.NewGuid():N}");
        Environment.SetEnvironmentVariable(taken, "environment");
        File.WriteAllText(Path.Combine(directory, "local.settings.json"), $$"""{ "IsEncrypted": false, "Values": { "{{fresh}}": "file", "{{taken}}": "file" } }""");

        HostJson.ApplyLocalSettings(directory);

        Assert.Equal(("file", "environment"), (Environment.GetEnvironmentVariable(fresh), Environment.GetEnvironmentVariable(taken)));
        Directory.Delete(directory, recursive: true);
    }

    public sealed class Blocking(ManualResetEventSlim gate) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            gate.Wait(cancellationToken);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public sealed class Failing : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("cannot");

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

public static class Alive
{
    [Function("Alive")]
    public static async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "alive")] HttpRequest request)
    {
        await Task.Yield();
        return new Text();
    }

    // Results.Text would want to set headers after the middleware has begun to write.
    private sealed class Text : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => httpContext.Response.WriteAsync("alive");
    }
}
