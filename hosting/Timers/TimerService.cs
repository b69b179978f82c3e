using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Hosting;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Timers;

/// <summary>Runs all timer functions.</summary>
internal sealed class TimerService : IHostedService, ITimerSignal, IDisposable
{
    // A timer runs again soon anyway, so a stop does not wait long before it cancels.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, (TimerRuns Runs, TimerLoop Loop)> _timers = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _loops = Task.CompletedTask;

    public TimerService(FunctionCatalog catalog, FunctionRunner runner, TimerStore store, SettingExpansion settings, TimeProvider clock, ILoggerFactory loggers)
    {
        foreach (var function in catalog.Of(TriggerKind.Timer))
        {
            var text = settings.Expand(((TimerTriggerAttribute)function.Trigger).Schedule);
            var schedule = TimerSchedule.Parse(text) ?? throw new InvalidOperationException($"{function.Name}: '{text}' is no six-field NCRONTAB expression and no TimeSpan.");
            var runs = new TimerRuns(function, runner, clock, loggers.CreateLogger<TimerRuns>(), _abort.Token);
            _timers[function.Name] = (runs, new TimerLoop(function, schedule, runs, store, clock, loggers.CreateLogger<TimerLoop>()));
        }
    }

    public void Run(string functionName)
    {
        if (!_timers.TryGetValue(functionName, out var timer))
            throw new ArgumentException($"There is no timer function '{functionName}'.", nameof(functionName));
        timer.Runs.Signal();
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (runs, _) in _timers.Values)
            runs.Open();
        _loops = Task.WhenAll(_timers.Values.Select(t => Task.Run(() => t.Loop.RunAsync(_stop.Token), CancellationToken.None)));
        await Task.WhenAll(_timers.Values.Select(t => t.Loop.Opened));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _abort.CancelAfter(Grace);
        await using var late = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _abort);
        await _loops;
        await Task.WhenAll(_timers.Values.Select(t => t.Runs.StopAsync()));
    }

    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
        foreach (var (runs, _) in _timers.Values)
            runs.Dispose();
    }
}
