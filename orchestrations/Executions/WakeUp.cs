using Platform.Executions;

namespace Platform.Orchestrations.Executions;

/// <summary>What wakes a waiting saga: a slot, a cancellation, or the end of its patience. An event that came early is not lost.</summary>
internal sealed class WakeUp(TaskOrchestrationContext context, DateTime deadline)
{
    private Task? _granted;
    private Task? _cancelled;

    public async Task WaitAsync()
    {
        _granted ??= context.WaitForExternalEvent<object?>(RunExecution.SlotGranted);
        _cancelled ??= context.WaitForExternalEvent<object?>(RunExecution.CancelRequested);
        using var stop = new CancellationTokenSource();
        var stale = context.CreateTimer(deadline, stop.Token);
        var woken = await Task.WhenAny(_granted, _cancelled, stale);
        if (woken != stale)
            stop.Cancel();
        if (woken == _granted)
            _granted = null; // the next wait takes the next grant
        if (woken == _cancelled)
            _cancelled = null;
    }
}
