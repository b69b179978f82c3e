using System.Text.Json;
using Platform.Events;

namespace Platform.UserSettings;

/// <summary>A stored change of a user's settings; the aggregate is the stream of his settings.</summary>
public abstract record UserSettingsEvent(Guid UserId, IReadOnlyList<SettingsChange> Changes, string? Reason) : DomainEvent
{
    public const string Stream = "user_settings_events";

    /// <summary>Only events of this service are folded: nobody else can make one that names it.</summary>
    public const string Origin = "settings-service";

    public override string Topic => Stream;

    public override string? AggregateId => AggregateOf(UserId);

    public override string Service => Origin;

    /// <summary>The fields' new values by their paths.</summary>
    public IReadOnlyDictionary<string, JsonElement?> NewValues => Changes.ToDictionary(change => change.FieldPath, change => change.NewValue, StringComparer.Ordinal);

    /// <summary>The version of the settings with this change.</summary>
    public long? Version { get; init; }

    /// <summary>Changes of the stream up to this event, with its own.</summary>
    public long? TotalChanges { get; init; }

    public static string AggregateOf(Guid userId) => $"user_settings_{userId}";
}

public sealed record UserThemeChanged(Guid UserId, IReadOnlyList<SettingsChange> Changes, string? Reason) : UserSettingsEvent(UserId, Changes, Reason)
{
    public override string EventType => "user_theme_changed";
}

public sealed record UserNotificationSettingsUpdated(Guid UserId, IReadOnlyList<SettingsChange> Changes, string? Reason) : UserSettingsEvent(UserId, Changes, Reason)
{
    public override string EventType => "user_notification_settings_updated";
}

public sealed record UserEditorSettingsUpdated(Guid UserId, IReadOnlyList<SettingsChange> Changes, string? Reason) : UserSettingsEvent(UserId, Changes, Reason)
{
    public override string EventType => "user_editor_settings_updated";
}

/// <summary>Any other change, or one of several groups; <paramref name="Action"/> is <c>restored</c> where an earlier state was brought back.</summary>
public sealed record UserSettingsUpdated(Guid UserId, IReadOnlyList<SettingsChange> Changes, string? Reason, string? Action = null, DateTimeOffset? RestoredTo = null)
    : UserSettingsEvent(UserId, Changes, Reason)
{
    public override string EventType => "user_settings_updated";
}

/// <summary>What is read back of a stored event.</summary>
internal sealed record SettingsEventPayload(IReadOnlyList<SettingsChange> Changes, string? Reason, long Version, long TotalChanges)
{
    public static SettingsEventPayload Of(PlatformEvent stored) => stored.ReadPayload<SettingsEventPayload>();
}
