using EmbeddedFunctions.DurableTask;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Durable;

/// <summary>Which orchestrations a node runs by their version: <c>versionMatchStrategy</c> and <c>versionFailureStrategy</c> of host.json, with the meaning and defaults of Durable Functions.</summary>
/// <param name="Own">The node's version, <c>defaultVersion</c>; without one it runs every orchestration.</param>
/// <param name="Match">Which other versions it runs.</param>
/// <param name="Failure">What becomes of those that it does not run.</param>
internal sealed record VersionRule(string? Own, VersionMatchStrategy Match, VersionFailureStrategy Failure)
{
    public static VersionRule Everything { get; } = new(null, VersionMatchStrategy.None, VersionFailureStrategy.Reject);

    public static VersionRule From(IConfigurationSection section, string? own) => new(
        own, Read(section, "versionMatchStrategy", VersionMatchStrategy.CurrentOrOlder), Read(section, "versionFailureStrategy", VersionFailureStrategy.Reject));

    /// <param name="version">Of the orchestration; none is older than any.</param>
    public bool Accepts(string? version) => Own is null || Match switch
    {
        VersionMatchStrategy.Strict => TaskVersions.Compare(version, Own) == 0,
        VersionMatchStrategy.CurrentOrOlder => TaskVersions.Compare(version, Own) <= 0,
        _ => true,
    };

    private static T Read<T>(IConfigurationSection section, string name, T usual)
        where T : struct, Enum
    {
        if (section[name] is not { Length: > 0 } text)
            return usual;
        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new InvalidOperationException($"extensions.durableTask.{name} of host.json is '{text}'; it must be one of {string.Join(", ", Enum.GetNames<T>())}.");
    }
}

internal enum VersionMatchStrategy
{
    /// <summary>Every version.</summary>
    None,

    /// <summary>The node's own only.</summary>
    Strict,

    /// <summary>The node's own and older ones.</summary>
    CurrentOrOlder,
}

internal enum VersionFailureStrategy
{
    /// <summary>They wait for a node that runs them.</summary>
    Reject,

    /// <summary>They fail.</summary>
    Fail,
}
