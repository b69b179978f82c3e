using System.Text.Json;
using Platform.Data;

namespace Platform.Settings;

/// <summary>The one row that holds <see cref="SystemSettings"/>.</summary>
[PlatformScoped]
public sealed class SystemSettingsDocument
{
    public const int TheId = 1;

    public int Id { get; init; } = TheId;

    /// <summary>JSON of the settings.</summary>
    public string Document { get; private set; } = "{}";

    public SystemSettings Read() => JsonSerializer.Deserialize<SystemSettings>(Document, JsonColumn.Options)!;

    public void Write(SystemSettings settings) => Document = JsonSerializer.Serialize(settings, JsonColumn.Options);

    public DateTimeOffset UpdatedAt { get; set; }

    public Guid? UpdatedBy { get; set; }

    public long Version { get; set; }
}
