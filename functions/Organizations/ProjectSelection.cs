using System.Text.Json;

namespace Platform.Functions.Organizations;

/// <summary>A list of projects in a request: each an id, or an object with <c>projectId</c> or <c>id</c>.</summary>
internal static class ProjectSelection
{
    public const int MaxProjects = 50;

    /// <summary>The ids without repetitions; what is none becomes the empty id, which no project has.</summary>
    public static IReadOnlyList<Guid> Ids(IReadOnlyList<JsonElement>? items) => [.. (items ?? []).Select(Id).Distinct()];

    private static Guid Id(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => item.GetString()!.ToId(),
        JsonValueKind.Object when item.TryGetProperty("projectId", out var id) || item.TryGetProperty("id", out id) => id.ValueKind == JsonValueKind.String ? id.GetString()!.ToId() : Guid.Empty,
        _ => Guid.Empty,
    };
}
