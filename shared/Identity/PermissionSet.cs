namespace Platform.Identity;

/// <summary>A set of registry names (<c>resource:action</c>), one bit each in the order of <see cref="PermissionRegistry.All"/>; immutable.</summary>
public sealed class PermissionSet
{
    public static readonly PermissionSet None = new(default, default, default);

    private const int WordBits = 64;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;

    private PermissionSet(ulong a, ulong b, ulong c) => (_a, _b, _c) = (a, b, c);

    /// <summary>The set of the given names; each must be registered.</summary>
    public static PermissionSet Of(params IEnumerable<string> names)
    {
        Span<ulong> words = stackalloc ulong[3];
        foreach (var name in names)
        {
            var index = PermissionRegistry.IndexOf(name);
            if (index < 0)
                throw new ArgumentException($"'{name}' is no permission", nameof(names));
            words[index / WordBits] |= 1UL << index;
        }
        return new(words[0], words[1], words[2]);
    }

    public bool IsEmpty => (_a | _b | _c) == 0;

    /// <summary>In the registry's order.</summary>
    public IReadOnlyList<string> Names => [.. PermissionRegistry.All.Where((_, index) => Has(index)).Select(entry => entry.Name)];

    public bool Contains(string permission) => PermissionRegistry.IndexOf(permission) is var index and >= 0 && Has(index);

    public bool Contains(PermissionSet other) => (other._a & ~_a) == 0 && (other._b & ~_b) == 0 && (other._c & ~_c) == 0;

    public PermissionSet Union(PermissionSet other) => Contains(other) ? this : new(_a | other._a, _b | other._b, _c | other._c);

    public PermissionSet Intersect(PermissionSet other) => other.Contains(this) ? this : new(_a & other._a, _b & other._b, _c & other._c);

    public PermissionSet Except(PermissionSet other) => new(_a & ~other._a, _b & ~other._b, _c & ~other._c);

    private bool Has(int index) => ((index < WordBits ? _a : index < 2 * WordBits ? _b : _c) >> index & 1) != 0; // the shift takes the index modulo 64
}
