using System.Collections.Concurrent;

namespace Platform.Metrics;

/// <summary>A request to the API that has been answered.</summary>
/// <param name="Route">Template of the route.</param>
/// <param name="Status">HTTP status.</param>
public readonly record struct ApiCall(Guid OrganizationId, Guid ProjectId, string Route, string Method, int Status);

/// <summary>
/// Requests since the last time they were taken, by project and series (delivery.md §1.5, type <c>api</c>). All are counted, in one point; of the durations of a series at
/// most <see cref="MostDurations"/> are kept, each with the same chance, so that a busy API does not write more of itself than its users do. What there is no room for is dropped.
/// </summary>
internal sealed class RequestTally
{
    public const int MostDurations = 100;

    private const string Type = "api";
    private const int MostSeries = 10_000;
    private const int MostDurationsOfAll = 50_000;

    private Window _window = new();

    /// <param name="call">What was answered.</param>
    /// <param name="milliseconds">How long it took; null for an answer that goes on for as long as its reader likes.</param>
    /// <param name="now">When it had been answered.</param>
    public void Add(in ApiCall call, double? milliseconds, DateTimeOffset now)
    {
        var key = new Key(call.OrganizationId, call.ProjectId, call.Route, call.Method, call.Status / 100);
        while (!Volatile.Read(ref _window).TryAdd(key, milliseconds, now))
        {
            // taken just now: into the next one
        }
    }

    /// <summary>Takes what there is.</summary>
    public IEnumerable<(Guid OrganizationId, Guid ProjectId, MetricDraft Draft)> Take()
    {
        if (_window.Rows.IsEmpty)
            yield break;
        foreach (var (key, row) in Interlocked.Exchange(ref _window, new Window()).Rows)
        {
            var tags = new Dictionary<string, string> { ["route"] = key.Route, ["method"] = key.Method, ["statusClass"] = $"{key.StatusClass}xx" };
            foreach (var draft in row.Close(tags))
                yield return (key.OrganizationId, key.ProjectId, draft);
        }
    }

    private readonly record struct Key(Guid OrganizationId, Guid ProjectId, string Route, string Method, int StatusClass);

    private sealed class Window
    {
        private int _durations;

        public ConcurrentDictionary<Key, Row> Rows { get; } = new();

        /// <summary>False when the row has been taken.</summary>
        public bool TryAdd(Key key, double? milliseconds, DateTimeOffset now)
        {
            if (!Rows.TryGetValue(key, out var row))
            {
                if (Rows.Count >= MostSeries)
                    return true;
                row = Rows.GetOrAdd(key, _ => new Row());
            }

            return row.TryAdd(_durations < MostDurationsOfAll ? milliseconds : null, now, ref _durations);
        }
    }

    private sealed class Row
    {
        private readonly Lock _lock = new();
        private readonly List<(double Milliseconds, DateTimeOffset At)> _durations = [];
        private int _requests;
        private int _timed;
        private DateTimeOffset _latest;
        private bool _isTaken;

        public bool TryAdd(double? milliseconds, DateTimeOffset now, ref int kept)
        {
            lock (_lock)
            {
                if (_isTaken)
                    return false;
                (_requests, _latest) = (_requests + 1, now);
                if (milliseconds is not { } duration)
                    return true;
                _timed++;
                if (_durations.Count < MostDurations)
                {
                    Interlocked.Increment(ref kept);
                    _durations.Add((duration, now));
                }
                else if (Random.Shared.Next(_timed) is var place && place < MostDurations)
                {
                    _durations[place] = (duration, now);
                }

                return true;
            }
        }

        public IReadOnlyList<MetricDraft> Close(IReadOnlyDictionary<string, string> tags)
        {
            lock (_lock)
            {
                _isTaken = true;
                if (_requests == 0)
                    return [];
                return
                [
                    Draft("api.requests", _requests, _latest) with { Kind = MetricKind.Counter },
                    .. _durations.Select(duration => Draft("api.request_duration", duration.Milliseconds, duration.At) with { Unit = "ms" }),
                ];
            }

            MetricDraft Draft(string name, double value, DateTimeOffset at) => new(name, value) { Type = Type, Tags = tags, Timestamp = at, Source = MetricSource.Platform };
        }
    }
}
