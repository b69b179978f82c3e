using Platform.Replay;

namespace Platform.Orchestrations.Replay;

/// <summary>What wakes a waiting session. An event only wakes: what it means is read from the session's row, so that a late or repeated one does no harm.</summary>
internal sealed class ReplaySignals(TaskOrchestrationContext context)
{
    private Task? _pause;
    private Task? _resume;
    private Task? _cancel;

    public async Task WaitUntilAsync(DateTime due)
    {
        if (context.CurrentUtcDateTime >= due)
            return;
        _pause ??= context.WaitForExternalEvent<object?>(ReplayWorkflow.Pause);
        _cancel ??= context.WaitForExternalEvent<object?>(ReplayWorkflow.Cancel);
        using var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(due, stop.Token);
        var woken = await Task.WhenAny(_pause, _cancel, timer);
        if (woken != timer)
            stop.Cancel();
        Forget(woken);
    }

    public async Task WaitForResumeAsync()
    {
        _resume ??= context.WaitForExternalEvent<object?>(ReplayWorkflow.Resume);
        _cancel ??= context.WaitForExternalEvent<object?>(ReplayWorkflow.Cancel);
        Forget(await Task.WhenAny(_resume, _cancel));
    }

    // The next wait takes the next event.
    private void Forget(Task woken)
    {
        if (woken == _pause)
            _pause = null;
        if (woken == _resume)
            _resume = null;
        if (woken == _cancel)
            _cancel = null;
    }
}
