namespace EmbeddedFunctions.Durable.Storage;

/// <summary>The text of a notification: partitions, a bar, instance ids. PostgreSQL takes less than 8,000 bytes; what does not fit is found by the sweep.</summary>
internal static class PostgresAnnouncement
{
    private const int MaxInstances = 3_000;

    public static string Write(Announcement announcement)
    {
        var text = new System.Text.StringBuilder(string.Join(',', announcement.Partitions)).Append('|');
        foreach (var id in announcement.Instances.Where(id => id.All(char.IsAscii)))
        {
            if (text.Length + id.Length > MaxInstances)
                break;
            text.Append(id).Append('\n');
        }

        return text.ToString();
    }

    public static Announcement Read(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        var partitions = text[..bar].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToList();
        return new Announcement(partitions, text[(bar + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
