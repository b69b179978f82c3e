namespace Platform.Data;

/// <summary>Open once the schema is up to date. Liveness does not wait for it; readiness and everything that touches rows does.</summary>
public sealed class DatabaseReady
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    /// <summary>Why the last attempt to migrate failed; attempts go on.</summary>
    public string? LastFailure { get; internal set; }

    public Task WaitAsync(CancellationToken ct) => _ready.Task.WaitAsync(ct);

    internal void Open() => _ready.TrySetResult();
}
