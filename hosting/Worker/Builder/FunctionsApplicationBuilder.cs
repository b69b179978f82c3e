using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker.Middleware;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Worker.Builder;

/// <summary>Builds a function app. Settings come, later ones winning, from host.json (below <c>AzureFunctionsJobHost</c>), the environment with local.settings.json, and the command line.</summary>
public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;

    internal FunctionsApplicationBuilder(string[] args) => _web = HostSetup.CreateWebBuilder(args);

    /// <summary>The app's settings.</summary>
    public ConfigurationManager Configuration => _web.Configuration;

    /// <summary>The app's environment.</summary>
    public IHostEnvironment Environment => _web.Environment;

    /// <summary>The app's logging.</summary>
    public ILoggingBuilder Logging => _web.Logging;

    /// <summary>The app's metrics.</summary>
    public IMetricsBuilder Metrics => _web.Metrics;

    /// <summary>The app's services. Hosted services start, in order, once HTTP is listening.</summary>
    public IServiceCollection Services => _web.Services;

    /// <summary>Values shared by those who build the app.</summary>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    internal FunctionApp App { get; } = new();

    IConfigurationManager IHostApplicationBuilder.Configuration => _web.Configuration;

    /// <summary>Replaces the service container.</summary>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    /// <inheritdoc/>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        App.Middleware.Add(middleware);
        return this;
    }

    /// <summary>Finds the functions and builds the app. Functions that cannot run throw <see cref="InvalidOperationException"/> with every reason.</summary>
    public IHost Build() => HostSetup.Build(_web, App);

    internal void EnableHttp()
    {
        if (App.Middleware.Count > 0)
            throw new InvalidOperationException("ConfigureFunctionsWebApplication comes before the first UseMiddleware; on the official worker, middleware added before it would write nothing.");
        App.Http = true;
    }
}
