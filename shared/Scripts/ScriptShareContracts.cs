using System.ComponentModel.DataAnnotations;

namespace Platform.Scripts;

/// <summary>Body of <c>POST /scripts/{scriptId}/shares</c>; may be absent.</summary>
public sealed record ScriptShareRequest
{
    /// <summary>Days until the link ends.</summary>
    [Range(1, 365)]
    public int ExpiresInDays { get; init; } = 30;
}

/// <summary>A link that shares a script. <c>token</c> and <c>path</c> are shown once, in the answer that makes it.</summary>
public sealed record ScriptShareView(Guid ShareId, Guid ScriptId, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? Token = null, string? Path = null)
{
    internal static ScriptShareView Of(ScriptShare share) => new(share.Id, share.ScriptId, share.CreatedAt, share.ExpiresAt);
}

/// <summary>A script as those read it who have a link to it.</summary>
public sealed record SharedScriptView(string Name, string Script, string Lang, string LangVersion, string? Description, DateTimeOffset UpdatedAt, DateTimeOffset ExpiresAt);
