using System.Text;

namespace Platform.Sandbox.Linux;

/// <summary>Small files of /proc and of cgroups: one read or write, failure is an answer and not an exception.</summary>
internal static class KernelFile
{
    public static string? Read(string path) => ReadBytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static byte[]? ReadBytes(string path)
    {
        using var file = Descriptor.TryOpen(path, Libc.O_RDONLY);
        if (file is null)
            return null;
        Span<byte> buffer = stackalloc byte[4096];
        var read = file.Read(buffer);
        if (read < buffer.Length)
            return read < 0 ? null : buffer[..read].ToArray();

        var all = new List<byte>(buffer.ToArray());
        while ((read = file.Read(buffer)) > 0)
            all.AddRange(buffer[..read]);
        return [.. all];
    }

    public static long? ReadNumber(string path) => long.TryParse(Read(path), out var number) ? number : null;

    /// <summary>The number after <paramref name="key"/> in a file of <c>key number</c> lines.</summary>
    public static long? ReadNumber(string path, string key)
    {
        if (Read(path) is not { } text)
            return null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(key) && line.Length > key.Length && line[key.Length] == ' ')
                return long.TryParse(line[(key.Length + 1)..].Trim(), out var number) ? number : null;
        }
        return null;
    }

    public static unsafe bool Write(string path, string text)
    {
        using var file = Descriptor.TryOpen(path, Libc.O_WRONLY);
        if (file is null)
            return false;
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
            return Libc.write(file.Number, start, bytes.Length) == bytes.Length;
    }
}
