namespace Platform.Events;

/// <summary>One at a time per key; keys cost nothing once nobody waits.</summary>
internal sealed class KeyedGate
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async Task<IDisposable> EnterAsync(string key, CancellationToken ct)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(key, out entry!))
                _entries.Add(key, entry = new Entry(this, key));
            entry.Users++;
        }

        try
        {
            await entry.Turns.WaitAsync(ct);
            return entry;
        }
        catch
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users > 0)
                return;
            _entries.Remove(entry.Key);
        }

        entry.Turns.Dispose();
    }

    private sealed class Entry(KeyedGate gate, string key) : IDisposable
    {
        public string Key => key;

        public SemaphoreSlim Turns { get; } = new(1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turns.Release();
            gate.Leave(this);
        }
    }
}
