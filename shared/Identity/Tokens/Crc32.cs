namespace Platform.Identity;

/// <summary>CRC-32 of ISO 3309 (the one of zip and png): polynomial 0xEDB88320, all bits inverted at both ends.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <param name="text">ASCII.</param>
    public static uint Of(ReadOnlySpan<char> text)
    {
        var crc = uint.MaxValue;
        foreach (var letter in text)
            crc = (crc >> 8) ^ Table[(byte)(crc ^ letter)];
        return ~crc;
    }

    private static uint Entry(int index)
    {
        var entry = (uint)index;
        for (var bit = 0; bit < 8; bit++)
            entry = (entry & 1) == 0 ? entry >> 1 : (entry >> 1) ^ 0xEDB88320;
        return entry;
    }
}
