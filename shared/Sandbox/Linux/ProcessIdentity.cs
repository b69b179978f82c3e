namespace Platform.Sandbox.Linux;

/// <summary>A process told apart from a later one with the same number: pid namespace, number, start time in clock ticks after boot.</summary>
internal static class ProcessIdentity
{
    public static string Own { get; } = Of(System.Environment.ProcessId) ?? $"0-{System.Environment.ProcessId}-0";

    /// <summary>Whether the process that <paramref name="identity"/> names runs. Null: it lives in a pid namespace that cannot be seen from here.</summary>
    public static bool? IsAlive(string identity)
    {
        var parts = identity.Split('-');
        if (parts.Length != 3 || !int.TryParse(parts[1], out var pid))
            return null;
        if (parts[0] != Namespace())
            return null;
        return Of(pid) == identity;
    }

    private static string? Of(int pid)
    {
        if (KernelFile.Read($"/proc/{pid}/stat") is not { } stat)
            return null;
        // The name in parentheses may hold anything; fields are counted from its end. Start time is field 22.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length > 19 ? $"{Namespace()}-{pid}-{fields[19]}" : null;
    }

    private static string Namespace()
    {
        var link = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return new string([.. link.Where(char.IsAsciiDigit)]);
    }
}
