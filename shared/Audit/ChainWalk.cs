using System.Text.Json;

namespace Platform.Audit;

/// <summary>One pass over a chain's entries in the order of their sequence.</summary>
internal sealed class ChainWalk(AuditChain ends)
{
    private readonly List<string> _findings = [];
    private long _problems;
    private long _entries;
    private string? _previous = ends.AnchorHash; // null behind an entry that cannot be read

    public Guid Id { get; } = ends.Id;

    /// <summary>Where the entries that must be there begin: behind this one.</summary>
    public long Anchor { get; private set; } = ends.AnchorSequence;

    public long Last { get; } = ends.Sequence;

    /// <summary>The sequence of the last entry seen.</summary>
    public long Reached { get; private set; } = ends.AnchorSequence;

    public long Expected => Reached + 1;

    public void Report(string finding)
    {
        _problems++;
        if (_findings.Count < ChainReport.Named)
            _findings.Add(finding);
    }

    /// <summary>Goes on behind the anchor when retention has moved it past what was seen.</summary>
    public void FollowAnchor(AuditChain now)
    {
        if (now.AnchorSequence > Reached)
            (Anchor, Reached, _previous) = (now.AnchorSequence, now.AnchorSequence, now.AnchorHash);
    }

    public void Step(AuditEntry entry)
    {
        var sequence = entry.Sequence!.Value;
        if (sequence < Expected)
            Report($"entry {sequence} ({entry.Id}) stands twice");
        else if (sequence > Expected)
            Report(Missing(Expected, sequence - 1));
        else if (_previous is not null && entry.PreviousHash != _previous)
            Report($"entry {sequence} ({entry.Id}) does not continue the entry before it");
        if (!HasFittingHash(entry))
            Report($"entry {sequence} ({entry.Id}) was changed: its hash does not fit its content");

        _entries++;
        (Reached, _previous) = (sequence, entry.Hash ?? "");
    }

    /// <summary>Compares what was reached with the end that the chain's row tells.</summary>
    public void End()
    {
        if (Reached < Last)
            Report(Missing(Expected, Last));
        else if (Reached == Last && _previous is not null && _previous != ends.Hash)
            Report($"the last entry {Last} is not the one that the chain ended with");
    }

    /// <summary>Steps over an entry whose columns hold what the platform never writes.</summary>
    public void SkipUnreadable(long sequence)
    {
        Report($"entry {sequence} cannot be read");
        (Reached, _previous) = (sequence, null);
    }

    public ChainReport ToReport() => new(Id, _entries, Last, ends.Hash, _problems, _findings);

    private static bool HasFittingHash(AuditEntry entry)
    {
        try
        {
            return entry is { Hash: { } hash, PreviousHash: { } previous } && hash == AuditHash.Of(entry, previous);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Missing(long first, long last) => first == last ? $"entry {first} is missing" : $"entries {first} to {last} are missing";
}
