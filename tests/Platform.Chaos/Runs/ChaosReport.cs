namespace Platform.Chaos.Runs;

/// <summary>What a run did and what it found.</summary>
/// <param name="Disturbances">Kills, restarts of the database, cuts and pauses.</param>
/// <param name="Instances">Workflows and their sub-orchestrations, all checked.</param>
/// <param name="Folder">Data and consoles of the workers; kept when something is wrong.</param>
public sealed record ChaosReport(string Name, int Seed, int Disturbances, int Instances, TimeSpan Elapsed, IReadOnlyList<string> Violations, string Folder)
{
    /// <summary>The longest that partitions of a paused worker were without another owner.</summary>
    public TimeSpan? LongestTakeover { get; init; }
}
