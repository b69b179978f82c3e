namespace Platform.Organizations;

/// <summary>The custom roles of one organization and how they inherit each other.</summary>
internal sealed class RoleGraph
{
    public const int MaxDepth = 5;

    private readonly Dictionary<Guid, Role> _roles;
    private readonly Dictionary<Guid, Sum> _sums = [];
    private readonly HashSet<Guid> _open = [];

    private RoleGraph(IEnumerable<Role> roles) => _roles = roles.ToDictionary(role => role.Id);

    /// <summary>Works out <see cref="Role.Closure"/> and <see cref="Role.BuiltIns"/> of every role; refuses, and changes nothing, when one inherits itself or over too many steps.</summary>
    public static Error? Settle(IReadOnlyCollection<Role> roles)
    {
        var graph = new RoleGraph(roles);
        foreach (var role in roles)
        {
            var sum = graph.Add(role);
            if (!sum.IsOk)
                return sum.Error;
        }
        foreach (var role in roles)
            (role.Closure, role.BuiltIns) = (graph._sums[role.Id].Closure, graph._sums[role.Id].BuiltIns);
        return null;
    }

    private Result<Sum> Add(Role role)
    {
        if (_sums.TryGetValue(role.Id, out var known))
            return known;
        if (!_open.Add(role.Id))
            return RoleErrors.InheritanceCycle;

        var sum = new Sum([.. role.Permissions], [], 0);
        foreach (var id in role.Inherits)
        {
            var parent = Parent(id);
            if (!parent.IsOk)
                return parent.Error;
            sum = new Sum([.. sum.Closure.Union(parent.Value.Closure)], [.. sum.BuiltIns.Union(parent.Value.BuiltIns)], Math.Max(sum.Depth, parent.Value.Depth + 1));
        }
        if (sum.Depth > MaxDepth)
            return RoleErrors.InheritanceDepth;
        return _sums[role.Id] = sum;
    }

    private Result<Sum> Parent(Guid id) => _roles.TryGetValue(id, out var parent) ? Add(parent) : new Sum([], [id], 0);

    private sealed record Sum(IReadOnlyList<string> Closure, IReadOnlyList<Guid> BuiltIns, int Depth);
}
