using System.Text.Json.Serialization;
using Platform.Variables;

namespace Platform.Functions.Variables;

/// <summary>An environment variable. A sensitive value is masked.</summary>
public sealed record EnvVarView
{
    private const int PreviewedFrom = 16;
    private const int Previewed = 4;

    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Key { get; init; }

    /// <summary>In clear unless it is sensitive; null for a file.</summary>
    public required string? Value { get; init; }

    /// <summary>The last four characters of a sensitive value that has at least 16.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ValuePreview { get; init; }

    public required IReadOnlyList<EnvTarget> Targets { get; init; }

    public required IReadOnlyList<EnvScope> Scopes { get; init; }

    public required bool Sensitive { get; init; }

    public required string? Description { get; init; }

    public required long Version { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static EnvVarView Of(VariableReading reading)
    {
        var variable = reading.Variable;
        var sensitive = variable.Type == VariableType.Secret;
        return new EnvVarView
        {
            Id = variable.Id,
            ProjectId = variable.ProjectId,
            Key = variable.Key,
            Value = sensitive ? Masked.Value : reading.Value,
            ValuePreview = sensitive && reading.Value is { Length: >= PreviewedFrom } value ? value[^Previewed..] : null,
            Targets = [.. EnvWords.Each(variable.Targets)],
            Scopes = variable.Scopes is { } scopes ? [.. EnvWords.Each(scopes)] : [EnvScope.Tests],
            Sensitive = sensitive,
            Description = variable.Description,
            Version = variable.Version,
            CreatedBy = variable.CreatedBy,
            CreatedAt = variable.CreatedAt,
            UpdatedAt = variable.UpdatedAt,
        };
    }
}

/// <summary>It is gone.</summary>
public sealed record EnvVarDeleted(Guid Id, string Key, bool Deleted);
