namespace Platform.Data;

/// <summary>
/// Lets one unit of work at a time write on SQLite, which has one writer anyway: waiting here costs no thread and is fair, whereas SQLite's own
/// busy loop sleeps. On PostgreSQL the gate is always open.
/// </summary>
public sealed class WriteGate(DatabaseSettings settings) : IDisposable
{
    private readonly SemaphoreSlim? _turns = settings.IsSqlite ? new SemaphoreSlim(1) : null;

    /// <summary>Waits for the turn; disposing ends it.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken ct)
    {
        if (_turns is not null)
            await _turns.WaitAsync(ct);
        return new Turn(_turns);
    }

    public void Dispose() => _turns?.Dispose();

    /// <summary>The right to write until disposed.</summary>
    public readonly struct Turn : IDisposable
    {
        private readonly SemaphoreSlim? _turns;

        internal Turn(SemaphoreSlim? turns) => _turns = turns;

        public void Dispose() => _turns?.Release();
    }
}
