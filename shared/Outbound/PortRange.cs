using System.Globalization;

namespace Platform.Outbound;

/// <summary>A range of TCP ports, both ends included.</summary>
public readonly record struct PortRange(int First, int Last)
{
    public static readonly IReadOnlyList<PortRange> Default = [new(80, 80), new(443, 443), new(1024, 65535)];

    public static readonly IReadOnlyList<PortRange> Any = [new(1, 65535)];

    public bool Contains(int port) => port >= First && port <= Last;

    /// <summary>Reads <c>443</c> or <c>1024-65535</c>; null when it is neither.</summary>
    public static PortRange? TryParse(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        if (parts.Length > 2 || !TryPort(parts[0], out var first) || !TryPort(parts[^1], out var last) || last < first)
            return null;
        return new PortRange(first, last);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
