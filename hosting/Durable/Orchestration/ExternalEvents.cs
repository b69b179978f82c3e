using EmbeddedFunctions.DurableTask;

namespace EmbeddedFunctions.Durable;

/// <summary>External events that nobody awaits yet, and waits without an event; first come, first served per name. Names are compared without regard to case.</summary>
internal sealed class ExternalEvents(DataConverter converter)
{
    private readonly LinkedList<EventRaised> _buffered = []; // thousands may wait, and each removal from a list would move all others
    private readonly List<Waiter> _waiters = [];

    public bool IsAwaited => _waiters.Count > 0;

    /// <summary>Events that no one has awaited, oldest first.</summary>
    public IReadOnlyCollection<EventRaised> Unprocessed => _buffered;

    public void Raise(EventRaised raised)
    {
        var index = _waiters.FindIndex(w => Same(w.Name, raised.Name));
        if (index < 0)
        {
            _buffered.AddLast(raised);
            return;
        }

        var waiter = _waiters[index];
        _waiters.RemoveAt(index);
        waiter.Complete(raised.Input);
    }

    public Task<T> WaitAsync<T>(string name, OrchestrationPump pump, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
            return Task.FromCanceled<T>(ct);

        var waiter = new Waiter<T>(name, converter);
        if (TakeBuffered(name) is { } raised)
        {
            waiter.Complete(raised.Input);
            return waiter.Task;
        }

        _waiters.Add(waiter);
        if (ct.CanBeCanceled)
            waiter.Cancellation = ct.UnsafeRegister(_ => pump.Send(_ => Cancel(waiter, ct), null), null);
        return waiter.Task;
    }

    private EventRaised? TakeBuffered(string name)
    {
        for (var node = _buffered.First; node is not null; node = node.Next)
        {
            if (!Same(node.Value.Name, name))
                continue;
            _buffered.Remove(node);
            return node.Value;
        }

        return null;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private void Cancel<T>(Waiter<T> waiter, CancellationToken ct)
    {
        if (_waiters.Remove(waiter))
            waiter.Cancel(ct);
    }

    private abstract class Waiter(string name)
    {
        public string Name { get; } = name;

        public abstract void Complete(string? input);
    }

    private sealed class Waiter<T>(string name, DataConverter converter) : Waiter(name)
    {
        private readonly TaskCompletionSource<T> _source = new();

        public Task<T> Task => _source.Task;

        public CancellationTokenRegistration Cancellation { get; set; }

        public override void Complete(string? input)
        {
            Cancellation.Dispose();
            try
            {
                _source.TrySetResult(converter.Deserialize<T>(input)!);
            }
            catch (Exception e)
            {
                _source.TrySetException(e);
            }
        }

        public void Cancel(CancellationToken ct) => _source.TrySetCanceled(ct);
    }
}
