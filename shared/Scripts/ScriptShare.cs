using Platform.Data;

namespace Platform.Scripts;

/// <summary>A link by which anybody reads a script as it is now, until it ends. Reached through the script, or by the token, of which only the hash is kept.</summary>
[PlatformScoped]
public sealed class ScriptShare
{
    public required Guid Id { get; init; }

    public required Guid ScriptId { get; init; }

    public required string TokenHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
