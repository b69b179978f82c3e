using System.Collections.Frozen;

namespace Platform.Identity;

/// <summary>
/// What roles and token scopes are written in: a registry name, or a wildcard <c>resource:*</c>, <c>*:action</c>, <c>*</c>. A wildcard stands for all it
/// matches, future names included, but never for a <c>platform:</c> name.
/// </summary>
public static class PermissionPatterns
{
    public const string All = "*";

    private static readonly FrozenDictionary<string, PermissionSet> Expansions = Build();

    /// <summary>Whether it is a name or a wildcard that matches something, and no <c>platform:</c> name.</summary>
    public static bool IsKnown(string pattern) => Expansions.ContainsKey(pattern);

    public static bool IsWildcard(string pattern) => pattern.Contains('*', StringComparison.Ordinal);

    /// <summary>The names it stands for today; none when it is unknown, which a stored pattern may have become.</summary>
    public static PermissionSet Expand(string pattern) => Expansions.GetValueOrDefault(pattern, PermissionSet.None);

    public static PermissionSet Expand(IEnumerable<string> patterns) => patterns.Aggregate(PermissionSet.None, (set, pattern) => set.Union(Expand(pattern)));

    /// <summary>Whether <paramref name="wider"/> stands for all that <paramref name="narrower"/> does, today and with names to come.</summary>
    public static bool Covers(string wider, string narrower)
    {
        if (wider == All || wider == narrower)
            return true;
        var (widerResource, widerAction) = Split(wider);
        var (resource, action) = Split(narrower);
        return narrower != All && (widerResource == All || widerResource == resource) && (widerAction == All || widerAction == action);
    }

    private static (string Resource, string Action) Split(string pattern)
    {
        var colon = pattern.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (pattern, pattern) : (pattern[..colon], pattern[(colon + 1)..]);
    }

    private static FrozenDictionary<string, PermissionSet> Build()
    {
        var names = PermissionRegistry.All.Where(entry => entry.Holder != PermissionHolder.Platform).Select(entry => entry.Name).ToList();
        return names.Select(name => (Pattern: name, Name: name))
            .Concat(names.Select(name => (Pattern: $"{Split(name).Resource}:*", Name: name)))
            .Concat(names.Select(name => (Pattern: $"*:{Split(name).Action}", Name: name)))
            .Concat(names.Select(name => (Pattern: All, Name: name)))
            .GroupBy(pair => pair.Pattern, pair => pair.Name, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => PermissionSet.Of(group), StringComparer.Ordinal);
    }
}
