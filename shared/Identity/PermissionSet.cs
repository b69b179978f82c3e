using System.Collections.Frozen;

namespace Platform.Identity;

/// <summary>The effective permissions of a caller: registry names (<c>resource:action</c>) after roles, assignments and scopes were worked out.</summary>
public sealed class PermissionSet(IEnumerable<string> names)
{
    public static readonly PermissionSet None = new([]);

    private readonly FrozenSet<string> _names = names.ToFrozenSet(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _names;

    public bool Contains(string permission) => _names.Contains(permission);
}
