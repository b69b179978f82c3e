using System.Diagnostics;
using Platform.Chaos.Checks;
using Platform.Chaos.Workflows;

namespace Platform.Chaos.Runs;

/// <summary>
/// A client that keeps a number of workflows going: starts them, raises the events that they wait for, suspends and resumes some. Whatever is not acknowledged is done again,
/// an event with a token of its own.
/// </summary>
internal sealed class WorkflowLoad(IReadOnlyList<Worker> workers, int seed, int inFlight)
{
    private readonly Random _random = new(seed);
    private readonly List<Root> _roots = [];
    private readonly Dictionary<string, long> _suspended = new(StringComparer.Ordinal);
    private readonly HashSet<string> _perhapsSuspended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _unnamed = new(StringComparer.Ordinal);
    private HashSet<string> _unfinished = [];
    private volatile bool _draining;
    private int _finished;
    private int _started;

    /// <summary>Workflows that have ended, as far as is known.</summary>
    public int Finished => Volatile.Read(ref _finished);

    public int Started => Volatile.Read(ref _started);

    public IReadOnlyCollection<WorkflowModel> Models => _roots.ConvertAll(r => r.Model);

    /// <summary>Labels of the workflows without an id of ours, and whether their start was acknowledged; when not, nobody knows whether they were started.</summary>
    public IReadOnlyDictionary<string, bool> Unnamed => _unnamed;

    /// <summary>What has not ended when <see cref="RunAsync"/> returns.</summary>
    public IReadOnlyCollection<string> Unfinished => [.. _unfinished.Concat(_roots.Where(r => !r.Started).Select(r => r.Id))];

    /// <summary>Lets everything come to its end and starts nothing new.</summary>
    public void Drain() => _draining = true;

    /// <summary>Runs until everything has ended after <see cref="Drain"/>, or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(40, CancellationToken.None);
            if (await AnyWorker().TryListUnfinishedAsync() is not { } unfinished)
                continue;

            _unfinished = unfinished;
            Volatile.Write(ref _finished, _roots.Count(r => r.Started && !unfinished.Contains(r.Id)));
            if (_draining && unfinished.Count == 0 && _suspended.Count == 0 && _roots.TrueForAll(r => r.Started))
                return;

            AddRoots();
            if (!_draining)
                await StartUnnamedAsync($"u{_unnamed.Count}");
            await Task.WhenAll(_roots.Where(r => !r.Started).Select(StartAsync));
            await Task.WhenAll(_roots.Where(r => r.Started).SelectMany(r => r.Events).Where(e => !e.Raised && unfinished.Contains(e.Expected.InstanceId) && _random.Next(3) > 0).Select(RaiseAsync).ToList());
            await SuspendAsync();
        }
    }

    private Worker AnyWorker() => workers[_random.Next(workers.Count)];

    private void AddRoots()
    {
        for (var missing = inFlight - _roots.Count + Finished; missing > 0 && !_draining; missing--)
            _roots.Add(new Root($"w{_roots.Count}", _random.Next()));
    }

    private async Task StartAsync(Root root)
    {
        root.Started = await AnyWorker().TryPostAsync($"/start/{root.Id}/{root.Model.Seed}");
        if (root.Started)
            Interlocked.Increment(ref _started);
    }

    private async Task StartUnnamedAsync(string label) => _unnamed[label] = await AnyWorker().TryPostAsync($"/start-unnamed/{label}");

    private async Task RaiseAsync(EventState state)
    {
        var expected = state.Expected;
        var content = new EventContent(expected.Value, $"{expected.Name}~{++state.Attempts}");
        state.Raised = await AnyWorker().TryPostAsync($"/raise/{expected.InstanceId}/{expected.Name}", content);
    }

    private async Task SuspendAsync()
    {
        if (!_draining && _random.Next(4) == 0 && _unfinished.Count > 0)
        {
            var id = _unfinished.ElementAt(_random.Next(_unfinished.Count));
            _suspended[id] = Stopwatch.GetTimestamp();
            if (!await AnyWorker().TryPostAsync($"/suspend/{id}"))
                _perhapsSuspended.Add(id); // a worker that was paused may still do it, after everything else
        }

        foreach (var id in _suspended.Where(s => Stopwatch.GetElapsedTime(s.Value) > TimeSpan.FromMilliseconds(400)).Select(s => s.Key).ToList())
        {
            if (await AnyWorker().TryPostAsync($"/resume/{id}"))
                _suspended.Remove(id);
        }

        foreach (var id in _perhapsSuspended.Where(id => _draining && _unfinished.Contains(id)).ToList())
            await AnyWorker().TryPostAsync($"/resume/{id}");
    }

    private sealed class Root(string id, int seed)
    {
        public string Id => id;

        public WorkflowModel Model { get; } = new(id, seed);

        public bool Started { get; set; }

        public List<EventState> Events => field ??= Model.Events.ConvertAll(e => new EventState(e));
    }

    private sealed class EventState(ExpectedEvent expected)
    {
        public ExpectedEvent Expected => expected;

        public bool Raised { get; set; }

        public int Attempts { get; set; }
    }
}
