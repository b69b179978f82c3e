using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Agents;

/// <summary>Query of <c>DELETE /api/api-keys</c>.</summary>
public sealed record ProviderQuery
{
    /// <summary>The provider whose key goes.</summary>
    [StringLength(64)]
    public string? Provider { get; init; }
}

/// <summary>Query of <c>GET /api/api-keys/check</c>.</summary>
public sealed record AgentQuery
{
    /// <summary>The agent's id.</summary>
    [StringLength(64)]
    public string? Agent { get; init; }

    /// <summary>The model that it would work with.</summary>
    [StringLength(128)]
    public string? Model { get; init; }
}
