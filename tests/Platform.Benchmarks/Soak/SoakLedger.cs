using System.Collections.Concurrent;
using System.Net;
using Platform.Benchmarks.ExecutionsApi;

namespace Platform.Benchmarks.Soak;

/// <summary>What the clients were told: in the end the store has to bear it out.</summary>
internal sealed class SoakLedger
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Ids of accepted executions.</summary>
    public ConcurrentBag<Guid> Executions { get; } = [];

    /// <summary>Ids of events that were said to be published.</summary>
    public ConcurrentBag<Guid> Published { get; } = [];

    /// <summary>Those of them that no consumer can process.</summary>
    public ConcurrentBag<Guid> Undeliverable { get; } = [];

    /// <summary>Streams that were followed to their end.</summary>
    public ConcurrentBag<SseReader> Streams { get; } = [];

    /// <summary>Highest version of the settings that each user was told.</summary>
    public ConcurrentDictionary<string, long> Settings { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of replay sessions that were said to have started.</summary>
    public ConcurrentBag<Guid> Replays { get; } = [];

    /// <summary>Scripts that were saved and not deleted since.</summary>
    public ConcurrentDictionary<Guid, string> Scripts { get; } = new();

    /// <summary>Answers that must not be, whatever is killed.</summary>
    public ConcurrentBag<string> Faults { get; } = [];

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public void Count(string what) => _counts.AddOrUpdate(what, 1, static (_, count) => count + 1);

    public void Note(HttpMethod method, string path, HttpStatusCode status, string text)
    {
        Count("requests");
        if ((int)status is >= 500 and not 503)
            Faults.Add($"{method} {path} answered {(int)status}: {text[..Math.Min(text.Length, 200)]}");
    }
}
