using System.Text.Json;
using Platform.Data;

namespace Platform.UserSettings;

/// <summary>
/// The head of a user's stream of settings: the version in force, which decides between two changes at once, and the latest snapshot. A user who never
/// changed anything has none.
/// </summary>
[PlatformScoped]
public sealed class SettingsSnapshot
{
    /// <summary>Events after which a snapshot is written.</summary>
    public const int Interval = 10;

    /// <summary>The version of settings that were never changed.</summary>
    public const long FirstVersion = 1;

    public required Guid UserId { get; init; }

    public long Version { get; private set; } = FirstVersion;

    /// <summary>Changed fields of all events of the stream.</summary>
    public long TotalChanges { get; private set; }

    /// <summary>JSON of the settings at <see cref="SnapshotVersion"/>.</summary>
    public string Document { get; private set; } = "{}";

    public long SnapshotVersion { get; private set; } = FirstVersion;

    /// <summary>Events up to here are all in the snapshot; it may hold later ones, which had no sequence yet when it was written.</summary>
    public long UpToSequence { get; private set; }

    public DateTimeOffset SnapshotAt { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Many enough events have accumulated since the last snapshot.</summary>
    public bool IsDue => Version - SnapshotVersion >= Interval;

    public static SettingsSnapshot Begin(Guid userId, DateTimeOffset registeredAt) =>
        new() { UserId = userId, CreatedAt = registeredAt, UpdatedAt = registeredAt, SnapshotAt = registeredAt };

    public SettingsDocument Read() => JsonSerializer.Deserialize<SettingsDocument>(Document, JsonColumn.Options)!;

    public void Advance(int changes, DateTimeOffset at)
    {
        Version++;
        TotalChanges += changes;
        UpdatedAt = at;
    }

    /// <summary>Keeps the settings of the version in force.</summary>
    public void Keep(SettingsDocument current, long upToSequence, DateTimeOffset now)
    {
        Document = JsonSerializer.Serialize(current, JsonColumn.Options);
        SnapshotVersion = Version;
        UpToSequence = Math.Max(UpToSequence, upToSequence);
        SnapshotAt = now;
    }
}
