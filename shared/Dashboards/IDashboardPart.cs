namespace Platform.Dashboards;

/// <summary>The headline figures of one area. Areas register theirs; the dashboard knows none of them.</summary>
public interface IDashboardPart
{
    /// <summary>The member of the answer that holds the figures.</summary>
    string Name { get; }

    /// <summary>Who lacks it on the project gets null instead of the figures.</summary>
    string Permission { get; }

    /// <summary>Reads the figures, or refuses where they cannot be worked out in time.</summary>
    Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct);
}

/// <summary>A project's time from <paramref name="From"/> to before <paramref name="To"/>, and the time of the same length before it.</summary>
public sealed record DashboardRange(Guid ProjectId, DateTimeOffset PreviousFrom, DateTimeOffset From, DateTimeOffset To);
