using Platform.Data;

namespace Platform.Agents;

/// <summary>Who sells models.</summary>
public enum KeyProvider
{
    Openai,
    Gemini,
    Cursor,
    Anthropic,
    Aigateway,
}

/// <summary>A user's key of a model provider, one per provider; sealed with the data key of his personal organization, to which the row belongs.</summary>
public sealed class ProviderKey : IUserOwned
{
    public const int MinLength = 8;
    public const int MaxLength = 4096;

    public required Guid UserId { get; init; }

    public required KeyProvider Provider { get; init; }

    /// <summary>The user's personal organization.</summary>
    public required Guid OrganizationId { get; init; }

    /// <summary>Sealed.</summary>
    public required string Value { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Whether a text can be a key: printable ASCII of bounded length, without blanks.</summary>
    public static bool IsWellFormed(string text) => text.Length is >= MinLength and <= MaxLength && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    internal static string AssociatedData(Guid userId, KeyProvider provider) => $"provider_keys/{userId:D}/{EnumWords<KeyProvider>.ToWord(provider)}";
}
