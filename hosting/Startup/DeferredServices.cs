using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Startup;

/// <summary>
/// Starts all hosted services, in order, after HTTP listens, so that the process answers liveness at once; stops them in reverse order after HTTP has drained. A service
/// that fails to start stops the process with exit code 1.
/// </summary>
internal sealed class DeferredServices(IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<DeferredServices> logger) : IHostedService, IDisposable
{
    private static readonly object Key = new();
    private readonly List<IHostedService> _started = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _allStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _starting = Task.CompletedTask;

    /// <summary>Ends when all services have started; fails with the one that could not.</summary>
    public Task Started => _allStarted.Task;

    public static void Defer(IServiceCollection services)
    {
        var hosted = services.Where(s => s.ServiceType == typeof(IHostedService) && !s.IsKeyedService).ToList();
        foreach (var descriptor in hosted)
        {
            services.Remove(descriptor);
            services.Add(Keyed(descriptor));
        }

        services.AddSingleton<DeferredServices>().AddHostedService(provider => provider.GetRequiredService<DeferredServices>());
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _starting = Task.Run(StartAllAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _starting;
        for (var i = _started.Count - 1; i >= 0; i--)
            await StopOneAsync(_started[i], cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private static ServiceDescriptor Keyed(ServiceDescriptor descriptor) => descriptor switch
    {
        { ImplementationInstance: { } instance } => ServiceDescriptor.KeyedSingleton(typeof(IHostedService), Key, instance),
        { ImplementationFactory: { } factory } => ServiceDescriptor.KeyedSingleton(typeof(IHostedService), Key, (provider, _) => factory(provider)),
        _ => ServiceDescriptor.KeyedSingleton(typeof(IHostedService), Key, descriptor.ImplementationType!),
    };

    private async Task StartAllAsync()
    {
        try
        {
            foreach (var service in services.GetKeyedServices<IHostedService>(Key))
            {
                _stopping.Token.ThrowIfCancellationRequested();
                _started.Add(service);
                await service.StartAsync(_stopping.Token);
            }

            _allStarted.TrySetResult();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            logger.LogInformation("The host stops while it starts.");
            _allStarted.TrySetCanceled();
        }
        catch (Exception e)
        {
            logger.LogCritical(e, "A hosted service failed to start; the host stops.");
            Environment.ExitCode = 1;
            _allStarted.TrySetException(e);
            lifetime.StopApplication();
        }
    }

    private async Task StopOneAsync(IHostedService service, CancellationToken ct)
    {
        try
        {
            await service.StopAsync(ct);
        }
        catch (Exception e)
        {
            logger.LogError(e, "{Service} failed to stop.", service.GetType().Name);
        }
    }
}
