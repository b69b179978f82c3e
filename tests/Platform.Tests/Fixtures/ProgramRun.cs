using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Platform.Tests.Fixtures;

/// <summary>Runs an app's entry point in this process and catches the host that it builds, through the events that .NET's hosting emits for tools.</summary>
internal sealed class ProgramRun : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<ProgramRun?> Current = new();

    private readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<IServiceCollection>? _configure;
    private IDisposable? _subscription;

    private ProgramRun(Action<IServiceCollection>? configure) => _configure = configure;

    public Task Completion { get; private set; } = Task.CompletedTask;

    public static ProgramRun Start(string assembly, string[] arguments, Action<IServiceCollection>? configure)
    {
        var entry = Assembly.Load(assembly).EntryPoint ?? throw new InvalidOperationException($"{assembly} has no entry point.");
        var run = new ProgramRun(configure);
        run.Completion = Task.Factory.StartNew(() => run.RunAsync(entry, arguments), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return run;
    }

    /// <summary>Ends when the app listens, or fails with what kept it from that.</summary>
    public async Task<IHost> StartedAsync()
    {
        var first = await Task.WhenAny(_built.Task, Completion);
        if (first == Completion)
        {
            await Completion;
            throw new InvalidOperationException("The app ended before it built its host.");
        }

        var host = await _built.Task;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        if (await Task.WhenAny(started.Task, Completion) == Completion)
            await Completion;
        return host;
    }

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (Current.Value == this && listener.Name == "Microsoft.Extensions.Hosting") // another app's listener, when it ends, would end this subscription
            _subscription = listener.Subscribe(this);
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> e)
    {
        if (Current.Value != this)
            return; // another test's app
        if (e is { Key: "HostBuilding", Value: IHostBuilder builder } && _configure is not null)
            builder.ConfigureServices(_configure);
        if (e is { Key: "HostBuilt", Value: IHost host })
            _built.TrySetResult(host);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted() => _subscription?.Dispose();

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    private async Task RunAsync(MethodInfo entry, string[] arguments)
    {
        using var listening = DiagnosticListener.AllListeners.Subscribe(this);
        Current.Value = this; // after the listeners of running apps were announced
        try
        {
            if (entry.Invoke(null, entry.GetParameters().Length == 0 ? [] : [arguments]) is Task task)
                await task;
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerException);
        }
        finally
        {
            _subscription?.Dispose();
        }
    }
}
